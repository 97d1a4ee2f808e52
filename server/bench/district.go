package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/sample"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// district is a generated district on disk: the sample district, for its streets and their courses, and as many generated shops
// as are missing to size. The shops of a small one are the first of a large one.
type district struct {
	size int
	file string
	ids  []string // of the generated shops
	// single are the names of generated shops that are not branches.
	single []string
}

const seed = 42

func now() time.Time { return time.Now().In(calendar.Shanghai) }

// openStore opens a district's file with the key of the server on it, which lies beside it, so that what is written here is sealed
// as a server seals it.
func openStore(ctx context.Context, file string) (store.DB, *secret.Ring, error) {
	path := filepath.Join(filepath.Dir(file), "master.key")
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key = []byte(hex.EncodeToString(secret.Random()))
		err = os.WriteFile(path, key, 0o600)
	}
	if err != nil {
		return nil, nil, err
	}
	keys, err := secret.New(bytes.TrimSpace(key))
	if err != nil {
		return nil, nil, err
	}
	box, err := keys.Box("content")
	if err != nil {
		return nil, nil, err
	}
	db, err := store.Open(ctx, "file:"+file, store.Clock(now), store.Seal(box, nil))
	return db, keys, err
}

// registerOf returns the register on db and its trail.
func registerOf(db store.DB, keys *secret.Ring) (*listing.Service, *audit.Log) {
	trail := audit.New(db, keys, now)
	return listing.New(db, trail, now), trail
}

// generate writes a district into dir, or takes the one that is there.
func generate(ctx context.Context, dir string, size int) (_ *district, err error) {
	d := &district{size: size, file: filepath.Join(dir, fmt.Sprintf("district-%d.db", size))}
	db, keys, err := openStore(ctx, d.file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	places, listings := place.New(db), listing.Declare(db)
	shops, _ := registerOf(db, keys)
	if err := db.Prepare(ctx); err != nil {
		return nil, err
	}
	there, err := listings.Count(ctx, store.All())
	if err != nil {
		return nil, err
	}
	if there == 0 {
		if _, err := sample.Import(ctx, sample.Register{Places: places, Shops: shops}, nil); err != nil {
			return nil, err
		}
		if _, err := places.SaveStreets(ctx, sample.GeneratedStreets()); err != nil {
			return nil, err
		}
		if _, err := places.SavePlazas(ctx, sample.GeneratedPlazas()); err != nil {
			return nil, err
		}
		if there, err = listings.Count(ctx, store.All()); err != nil {
			return nil, err
		}
	}
	var batch []listing.Listing
	missing := size - there
	for l := range sample.Generate(seed, max(size-sampleShops, 0)) {
		d.ids = append(d.ids, l.ID)
		if !strings.Contains(l.Name.Hans, "(") {
			d.single = append(d.single, l.Name.Hans)
		}
		if missing <= 0 {
			continue
		}
		if batch = append(batch, l); len(batch) == 1000 {
			if err := listings.Upsert(ctx, batch); err != nil {
				return nil, err
			}
			batch = batch[:0]
		}
	}
	if len(batch) > 0 {
		err = listings.Upsert(ctx, batch)
	}
	return d, err
}

// The parts of questions: words of shops as they are generated, and how a visitor narrows and orders.
var (
	asked = strings.Fields("天成 永兴 福源 鑫达 顺和 云间 茸城 华亭 谷水 泗水 九峰 醉白 方塔 西林 大仓 长桥 明德 宏运 瑞丰 金桂 小陆 老王 阿婆 阿三 沈记 陆记 " +
		"同仁堂 雷允上 老盛昌 小南国 味千拉面 大壶春 海底捞 星巴克 红宝石 肯德基 麦当劳 世纪联华 全家 罗森 百果园 三阳南货 永琪 象王洗衣 吴良材 优衣库 回力 老凤祥 华为 工商银行 新东方 " +
		"药店 药房 饭店 面馆 拉面 生煎 小笼 火锅 咖啡 面包 西饼 快餐 超市 便利店 水果 酱园 理发 干洗 五金 眼镜 女装 鞋店 珠宝 手机 支行 画室 " +
		"感冒药 血压计 口罩 红烧肉 大排面 拿铁 生日蛋糕 汉堡 大米 牛奶 西瓜 榴莲 剪发 染发 羽绒服 灯泡 配镜 验光 衬衫 布鞋 黄金 贴膜 换汇 钢琴 英语 xingbake quanjia yaodian kafei")
	narrowed = []string{"", "&open=now", "&tag=cash", "&open=22", "&group=food", "&tag=takeaway&open=now"}
	ordered  = []string{"", "&sort=door", "&sort=name", "&sort=popular"}
)

// questions are searches that nobody asked before: each once, in a fixed mixed order, with path in front.
func questions(path string) [][]byte {
	var out [][]byte
	for _, w := range asked {
		for _, n := range narrowed {
			for _, o := range ordered {
				out = append(out, get(path+"?q="+url.QueryEscape(w)+n+o))
			}
		}
	}
	rnd := rand.New(rand.NewPCG(seed, 2))
	rnd.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// pages are requests for one address per word, each once.
func pages(prefix string, words []string, n int) [][]byte {
	words = slices.Clone(words)
	slices.Sort(words)
	words = slices.Compact(words)
	rnd := rand.New(rand.NewPCG(seed, 3))
	rnd.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	var out [][]byte
	for _, w := range words[:min(n, len(words))] {
		out = append(out, get(prefix+url.QueryEscape(w)))
	}
	return out
}
