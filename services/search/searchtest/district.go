package searchtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"shangquan/services/geo"
	"shangquan/services/search"
)

var (
	chains = strings.Fields("星巴克/咖啡馆/Starbucks 肯德基/快餐店/KFC 麦当劳/快餐店/McDonald's 瑞幸咖啡/咖啡馆/Luckin 蜜雪冰城/奶茶店/MIXUE " +
		"沪上阿姨/奶茶店/ 全家/便利店/FamilyMart 罗森/便利店/LAWSON 优衣库/服装店/UNIQLO 屈臣氏/化妆品店/Watsons 华氏大药房/药店/ 国大药房/药店/ " +
		"余天成堂/药店/ 雷允上药城/药店/ 永辉超市/超市/ 联华超市/超市/ 海底捞火锅/火锅店/Haidilao 小杨生煎/小吃店/ 吉祥馄饨/小吃店/ 永琪美发/理发店/ " +
		"文峰美发/理发店/ 宝岛眼镜/眼镜店/ 吴良材眼镜/眼镜店/ 老凤祥/珠宝店/ 周大福/珠宝店/CTF 李宁/运动用品店/LI-NING 耐克/运动用品店/NIKE " +
		"小米之家/手机店/Xiaomi 华为/手机店/HUAWEI 中国银行/银行/BOC 必胜客/西餐厅/Pizza-Hut 百果园/水果店/Pagoda 鲜丰水果/水果店/ 克莉丝汀/面包房/ " +
		"85度C/面包房/ 哈根达斯/冰淇淋店/Häagen-Dazs 顺丰速运/快递点/ 新华书店/书店/")
	trades = strings.Fields("药店/大药房 药店/药铺 面馆/面馆 面馆/拉面 理发店/理发店 理发店/造型 五金店/五金 水果店/水果店 花店/花店 花店/花坊 小吃店/馄饨店 " +
		"本帮菜馆/饭店 本帮菜馆/酒楼 眼镜店/眼镜店 服装店/服饰 洗衣店/干洗店 文具店/文具 诊所/口腔诊所 茶叶店/茶庄 宠物店/宠物店 美甲店/美甲 钟表店/钟表店")
	front     = []rune("天成余庆福德永昌泰和兴隆广源祥瑞宝华云松江明月清风长乐安康金玉春晓东方")
	streetSet = []rune("中山人民谷阳荣乐松汇乐都西林通波普照方塔庙前北内文诚九亭")
	tagSet    = []string{"轮椅能进", "可停车", "WiFi", "医保", "外卖", "可预约", "24小时", "宠物友好"}
	goodsSet  = []string{"配钥匙", "修表", "开锁", "感冒药", "膏方", "剪发", "烫发", "羊肉面", "拿铁", "鲜花", "打印", "洗鞋", "改裤脚", "太阳镜"}
)

// District generates n listings, the same for the same n and seed. They are for measuring, not for reading.
func District(n int, seed uint64) []search.Listing {
	rnd := rand.New(rand.NewPCG(seed, seed))
	pick := func(list []string) string { return list[rnd.IntN(len(list))] }
	labels := map[string]search.Label{}
	get := func(s string, terms ...string) search.Label {
		l, ok := labels[s]
		if !ok {
			l = label(s, terms...)
			labels[s] = l
		}
		return l
	}
	streets, plazas := make([]string, 55), make([]string, 22)
	for i := range streets {
		streets[i] = string([]rune{streetSet[i%26], streetSet[(i*7+3)%26]}) + []string{"路", "中路", "北路", "大街"}[i%4]
	}
	for i := range plazas {
		plazas[i] = string([]rune{front[i%34], front[(i*5+2)%34]}) + []string{"广场", "商城", "天地"}[i%3]
	}
	out := make([]search.Listing, n)
	for i := range out {
		l := &out[i]
		street := pick(streets)
		l.ID, l.Street = fmt.Sprintf("lst_%06d", i), get(street)
		if rnd.IntN(3) == 0 {
			l.Plaza = get(pick(plazas))
			l.Level = 1 + rnd.IntN(5)
			l.Floor = fmt.Sprint(l.Level, "F")
		}
		if rnd.IntN(5) < 2 {
			c := strings.Split(pick(chains), "/")
			l.Name, l.Category = c[0]+"（"+street+"店）", get(c[1])
			if c[2] != "" {
				l.Aliases = []string{c[2]}
			}
		} else {
			c := strings.Split(pick(trades), "/")
			l.Name, l.Category = string([]rune{front[rnd.IntN(34)], front[rnd.IntN(34)]})+c[1], get(c[0])
			if rnd.IntN(3) == 0 {
				l.Name = "老" + l.Name
			}
			if rnd.IntN(4) == 0 {
				l.Aliases = []string{string([]rune{front[rnd.IntN(34)], front[rnd.IntN(34)], front[rnd.IntN(34)]})}
			}
		}
		for range rnd.IntN(4) {
			l.Tags = append(l.Tags, get(pick(tagSet)))
			l.Goods = append(l.Goods, pick(goodsSet))
		}
		number := 1 + rnd.IntN(999)
		l.Address = fmt.Sprintf("上海市松江区%s%d号", street, number)
		l.Phones = []string{fmt.Sprintf("021-%08d", 50000000+rnd.IntN(20000000))}
		if rnd.IntN(2) == 0 {
			l.Description = fmt.Sprintf("开在%s的%s，主营%s和%s，街坊都熟。", street, l.Category.Terms[0], pick(goodsSet), pick(goodsSet))
		}
		from, to := 6*60+30*rnd.IntN(9), 17*60+30*rnd.IntN(15)
		for day := range 7 {
			l.Open.AddSpan(day, from, to)
		}
		l.At = &geo.Point{Lat: 30.99 + rnd.Float64()*0.035, Lng: 121.205 + rnd.Float64()*0.045}
		l.Heritage, l.Popularity = rnd.IntN(40) == 0, rnd.IntN(100)
		l.UpdatedAt = time.Unix(1_780_000_000+int64(rnd.IntN(10_000_000)), 0)
	}
	return out
}
