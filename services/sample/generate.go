package sample

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"

	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

// What follows makes districts of any size for benchmarks and load tests. Every shop in them is generated, says so in its
// source, and never reaches the sample district or a visitor.

// generatedSource is the source of every generated document.
const generatedSource = "GENERATED"

// trade is one sort of shop: its category, the words that name it and what it sells.
type trade struct {
	category, suffix, chains, goods string
}

var trades = []trade{
	{"pharmacy", "大药房 药店 药号", "同仁堂 雷允上 国大药房 华氏大药房 益丰大药房", "感冒药 中药饮片 血压计 口罩"},
	{"restaurant", "饭店 酒家 小馆 私房菜", "老盛昌 小南国 避风塘 外婆家 绿茶餐厅", "本帮菜 红烧肉 河虾 聚餐"},
	{"noodles", "面馆 拉面 面庄", "味千拉面 和府捞面 马子禄 东方宫", "大排面 葱油拌面 馄饨"},
	{"snacks", "生煎 小笼 点心店", "大壶春 小杨生煎 南翔馒头店", "生煎 小笼 粢饭团 豆浆"},
	{"hotpot", "火锅 涮肉", "海底捞 呷哺呷哺 小肥羊", "肥牛 毛肚 鸳鸯锅"},
	{"coffee", "咖啡 咖啡馆", "星巴克 瑞幸咖啡 上岛咖啡 库迪咖啡", "拿铁 美式 手冲"},
	{"bakery", "面包房 西饼屋", "红宝石 凯司令 元祖 克莉丝汀", "鲜奶小方 生日蛋糕 吐司"},
	{"fast-food", "快餐 便当", "肯德基 麦当劳 汉堡王 吉野家", "汉堡 炸鸡 盒饭"},
	{"supermarket", "超市 生活超市", "世纪联华 大润发 家乐福 永辉超市", "大米 牛奶 纸巾"},
	{"convenience", "便利店 便利", "全家 罗森 喜士多 好德", "饭团 关东煮 雨伞"},
	{"fruit", "水果店 鲜果", "百果园 鲜丰水果", "西瓜 草莓 榴莲"},
	{"food-shop", "食品店 南货店 酱园", "三阳南货 邵万生 来伊份", "酱菜 腊肉 瓜子"},
	{"hair", "理发店 美发沙龙 造型", "永琪 文峰", "剪发 烫发 染发"},
	{"laundry", "洗衣店 干洗", "象王洗衣 福奈特", "干洗 羽绒服 皮具护理"},
	{"hardware", "五金店 五金建材", "百安居", "灯泡 水龙头 螺丝"},
	{"optician", "眼镜店 配镜", "吴良材 宝岛眼镜 红星眼镜", "验光 镜片 墨镜"},
	{"clothes", "服装店 女装 童装", "优衣库 海澜之家 太平鸟", "衬衫 羽绒服 校服"},
	{"shoes", "鞋店 皮鞋店", "百丽 回力 老美华", "皮鞋 布鞋 运动鞋"},
	{"jewellery", "珠宝 金店", "老凤祥 周大福 老庙黄金", "黄金 对戒 翡翠"},
	{"phones", "手机店 通讯", "华为 小米之家 迪信通", "手机壳 贴膜 充电器"},
	{"bank", "支行 分理处", "工商银行 农业银行 建设银行 上海银行", "存款 贷款 换汇"},
	{"training", "培训 画室 琴行", "新东方 昂立教育", "英语 钢琴 书法"},
}

var (
	nameHeads = strings.Fields("天成 永兴 福源 鑫达 顺和 云间 茸城 华亭 谷水 泗水 九峰 醉白 方塔 西林 大仓 长桥 明德 宏运 瑞丰 金桂 小陆 老王 阿婆 阿三 沈记 陆记 顾家 张家 周氏 钱塘 三泖 五茸 松风 松鹤 鹤鸣 一品 百味 知味 悦来 同福 聚福 春晓 夏荷 秋实 冬青 晨光 向阳 友谊 红星 东方")
	streetA   = strings.Fields("中山 人民 谷阳 松汇 乐都 荣乐 西林 方塔 环城 九峰 玉树 仓丰 永丰 文诚 新松江 思贤 江学 光星 北松")
	streetB   = strings.Fields("东路 中路 西路")
	plazaA    = strings.Fields("平高 鹿都 申越 松岳 东鼎 飞航 新理想 开元 三铭 华信 五龙")
	plazaB    = strings.Fields("广场 生活广场")
	tagIDs    = strings.Fields("step-free cash insurance-card senior delivery takeaway booking toilet seats wifi parking-lot")
)

// GeneratedStreets are the 57 streets that generated listings lie on.
func GeneratedStreets() []place.Street {
	var out []place.Street
	for _, a := range streetA {
		for _, b := range streetB {
			id := fmt.Sprintf("generated-street-%02d", len(out)+1)
			out = append(out, place.Street{
				Meta: store.Meta{ID: id}, Slug: id, Name: lang.Text{Hans: a + b}, Pinyin: strings.Join(lang.Pinyin(a+b), " "),
				Lines: [][]geo.Point{}, Core: true, Source: generatedSource,
			})
		}
	}
	return out
}

// GeneratedPlazas are the 22 plazas that generated listings lie in; each has five floors and a basement.
func GeneratedPlazas() []place.Plaza {
	streets := GeneratedStreets()
	var out []place.Plaza
	for i, a := range plazaA {
		for _, b := range plazaB {
			id := fmt.Sprintf("generated-plaza-%02d", len(out)+1)
			p := place.Plaza{
				Meta: store.Meta{ID: id}, Slug: id, Name: lang.Text{Hans: a + b}, Pinyin: strings.Join(lang.Pinyin(a+b), " "), Aliases: []string{},
				Area: "中山中路", StreetID: streets[i].ID, Address: streets[i].Name.Hans + " 1 号", Core: true, Source: generatedSource,
			}
			for level := -1; level <= 5; level++ {
				if level != 0 {
					p.Floors = append(p.Floors, place.Floor{Level: level, Label: place.LevelLabel(level)})
				}
			}
			out = append(out, p)
		}
	}
	return out
}

// Generate yields n published listings that look like those of a district: chain branches named after a street or plaza, and
// single shops named from parts, with the gaps that real data have. The same seed gives the same listings.
func Generate(seed uint64, n int) iter.Seq[listing.Listing] {
	return func(yield func(listing.Listing) bool) {
		g := generator{rand: rand.New(rand.NewPCG(seed, 1)), streets: GeneratedStreets(), plazas: GeneratedPlazas()} //nolint:gosec // G404: the same seed has to give the same district
		for i := range n {
			if !yield(g.next(i)) {
				return
			}
		}
	}
}

type generator struct {
	rand    *rand.Rand
	streets []place.Street
	plazas  []place.Plaza
}

func (g *generator) next(i int) listing.Listing {
	t := pick(g, trades)
	street := pick(g, g.streets)
	id := fmt.Sprintf("generated-%07d", i+1)
	l := listing.Listing{
		Meta: store.Meta{ID: id}, Code: fmt.Sprintf("G%07d", i+1), Slug: id, State: listing.Published,
		CategoryID: t.category, Aliases: []string{}, Goods: g.some(strings.Fields(t.goods), 0.6), TagIDs: g.some(tagIDs, 0.15),
		Marks: []listing.Mark{}, Phones: []phone.Number{}, Payments: []string{}, Popularity: g.rand.IntN(100),
		Confirmed: listing.Confirmed{By: "source"}, Source: listing.Source{ID: generatedSource},
	}
	house := 1 + g.rand.IntN(1400)
	l.Address = listing.Address{Line: fmt.Sprintf("%s %d 号", street.Name.Hans, house), StreetID: street.ID, House: fmt.Sprint(house)}
	where := street.Name.Hans
	if g.chance(0.4) {
		plaza := pick(g, g.plazas)
		floor := pick(g, plaza.Floors)
		unit := fmt.Sprintf("%s-%02d", floor.Label, 1+g.rand.IntN(40))
		l.Address = listing.Address{Line: plaza.Name.Hans + " " + unit, StreetID: plaza.StreetID, PlazaID: plaza.ID, Level: floor.Level, Unit: unit}
		where = plaza.Name.Hans
	}
	if g.chance(0.45) {
		l.Name.Hans = pick(g, strings.Fields(t.chains)) + "(" + where + "店)"
	} else {
		l.Name.Hans = pick(g, nameHeads) + pick(g, strings.Fields(t.suffix))
		if g.chance(0.2) {
			l.Aliases = append(l.Aliases, pick(g, nameHeads)+pick(g, strings.Fields(t.suffix)))
		}
	}
	l.Name.SortKey = lang.SortKey(l.Name.Hans, "")
	if g.chance(0.8) {
		l.Location = &geo.Location{Point: geo.Point{Lat: 31.000 + g.rand.Float64()*0.025, Lng: 121.205 + g.rand.Float64()*0.045}, Source: geo.WGS84}
	}
	if g.chance(0.7) {
		l.Phones = append(l.Phones, phone.Number{Kind: phone.Landline, Digits: fmt.Sprintf("+8621%08d", 57_000_000+g.rand.IntN(900_000))})
	}
	l.Hours = g.hours()
	return l
}

// hours are unknown for a tenth; the others keep one of the weeks that shops keep.
func (g *generator) hours() hours.Hours {
	h := hours.Hours{Special: []hours.Special{}}
	if g.chance(0.1) {
		return h
	}
	h.Known = true
	day := []hours.Span{{Open: 420 + 30*g.rand.IntN(8), Close: 1140 + 30*g.rand.IntN(8)}}
	switch {
	case g.chance(0.05):
		day = []hours.Span{{Open: 0, Close: 1440}}
	case g.chance(0.1):
		day = []hours.Span{{Open: 1020, Close: 1560}}
	case g.chance(0.2):
		day = []hours.Span{{Open: 630, Close: 840}, {Open: 1020, Close: 1320}}
	}
	closed := -1
	if g.chance(0.15) {
		closed = g.rand.IntN(7)
	}
	for i := range h.Week {
		if h.Week[i] = []hours.Span{}; i != closed {
			h.Week[i] = append(h.Week[i], day...)
		}
	}
	return h
}

func (g *generator) chance(p float64) bool { return g.rand.Float64() < p }

func (g *generator) some(from []string, p float64) []string {
	out := []string{}
	for _, s := range from {
		if g.chance(p) {
			out = append(out, s)
		}
	}
	return out
}

func pick[T any](g *generator, from []T) T { return from[g.rand.IntN(len(from))] }
