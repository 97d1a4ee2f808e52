package locales_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"shangquan/services/lang"
)

// The rules of ui/design.md section 7 and T4–T7, applied to every message.

// notUsed are the words the site does not use, with what it says instead where that helps.
var notUsed = map[lang.Tag][]string{
	lang.Hans: {
		"立即拨打", "导航前往", "一键分享", "正在营业", "营业状态：正常", "已打烊", "暂不营业", "提交", "暂存草稿", "表单校验", "输入有误",
		"时间区间非法", "系统异常", "服务器错误", "暂无数据", "搜索结果为空", "已认证", "审核中", "待审批", "老年模式", "适老化", "关怀版", "用户",
		"主体", "完整度", "点击", "请您", "抱歉", "非法", "禁止", "失败", "必吃", "第一名", "最好", "最佳", "！",
	},
	lang.Hant: {
		"立即撥打", "導航前往", "一鍵分享", "正在營業", "已打烊", "暫不營業", "提交", "暫存草稿", "輸入有誤", "系統異常", "伺服器錯誤", "暫無數據",
		"搜尋結果為空", "已認證", "審核中", "待審批", "老年模式", "適老化", "關懷版", "用戶", "主體", "完整度", "點擊", "請您", "抱歉", "非法", "禁止",
		"失敗", "必吃", "最好", "最佳", "！",
		"信息", // 資訊
	},
	lang.En: {"please", "sorry", "forbidden", "invalid", "illegal", "click here", "oops", "!"},
}

// wholeNotUsed are words that say nothing when they stand alone on a button or link.
var wholeNotUsed = []string{"确认", "確認", "更多", "确定", "確定", "More", "Submit", "OK"}

// simplified are common characters that are written otherwise in Traditional Chinese.
const simplified = "们个么义乐习买乱争产亲亿仅从仓仪价众优伙会伞传伤伦伪体余佣侧侨偿储儿兑兰关兴养兽内冈册写军农冯冲决况冻净凉减凑几凤击凿划刘则刚创删别剂剑剧劝办务动励劲劳势区医华协单卖卢卫却厂厅历厉压厌厕厢县参双发变叙叠只号叹吃后吓吕吗听启吴呐呕员响哑唤啰团园围国图圆圣场坏块坚坛坝坟坠垄垒垦垫墙壮声壳处备够头夹夺奋奖妆妇妈娱娘婴学宁宝实审宫宽宾对寻导寿将尔尘尝尧层届属屿岁岂岗岛岭峡币帅师帐帘带帮庄庆床库应庙庞废开异弃张弥弯弹强归当录彦彻径忆忧怀态总恋恒恳恶恼悦悬惊惧惨惩惯愤愿懒戏战户扎扑执扩扫扬扰抚抛抢护报担拟拢拣拥拦拧拨择挂挡挤挥捞损换据掳摄摆摇撑撵敌数斋斗断无旧时旷显晋晓晕暂术机杀杂权条来杨杰极构枪柜标栈栋栏树样档桥梦检楼欢欧岁残毁毕毙气汇汉汤沟没沧沪泪泻泼泽洁浅浆浇测济浏浑浓涂涛润涨渐渔渗温湾湿满滚滞滤滨滩潇灭灯灵灾炉点炼烁烂烛烟烦烧热爱爷牵牺状犹独狭狮狱猎猪献现玛环珐电画畅疗疮疯痒痴瘫皱盐监盖盗盘矫码砖础确碍礼祷祸离种积称稳穷窃窍窝竖竞笔笺笼筑签简粮紧纠红纤约级纪纬纯纱纲纳纵纷纸纹纺线练组细织终绍经结绕给络绝统继绩绪续维绵综绿缓编缘缩缴网罗罚罢羡习翘耸职联聪肃肠肤肿胀胁胆胜胶脉脏脑脚脱脸腊腾舆舰舱艺节芦苏苹范茎荐荡荣药莲获营萧萨葱蒋蓝虑虚虫虽蚀蚁蛮补衬袭装裤见观规视览觉触誉计订认讥讨让训议讯记讲许论设访诀证评识诉词译试诗诚话询该详语误说请诸读课谁调谅谈谋谓谢谨谱贝贞负贡财责贤败账货质贩贪贫购贯贴贵贷贸费贺贼资赋赌赏赔赖赚赛赞赠赢赵趋跃践踪车轨转轮软轻载较辅辆辉辑输辞边达迁过运还这进远违连迟适选递逻遗邓邮邻郑酱释鉴针钉钓钟钢钥钱钻铁铃铅铜铝银铺链销锁锅锋错锡锦键锻镇镜长门闪闭问闲间闷闹闻阀阁阅队阳阴阵阶际陆陈险随隐难雾静面页顶项顺须顾顿预领频颗题颜额风飞饭饮饰饱饿馆马驶驾验骑骗鱼鲜鸟鸡鸣鸭麦黄齐齿龙"

// sameInBoth are characters of the list above that Traditional Chinese has too, for some words.
const sameInBoth = "余冲几划别医单卖只吃后吴娘床恒扎斗强据气没涂温点面须黄范烟杰径冈册净凉减决况侧届岭内却厅叙吕圣坏墙姜娱宁实寻岗岛庄恳惨慧晋术极梦滚灯灵灶灾烂爱痒皱盖确离种签粮网罗脚脱艺虑虫装词话语调谈质费踪辟适遗邻酱释鉴铃锅随隐雾静顶题"

var (
	han      = regexp.MustCompile(`\p{Han}`)
	halfMark = regexp.MustCompile(`\p{Han}[,;:!?()]|[,;:!?()]\p{Han}|\p{Han}\.(?:\s|$)`)
	unspaced = regexp.MustCompile(`\p{Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Han}`)
	spaced   = regexp.MustCompile(`\p{Han} \p{Han}|[，。：；！？、） ] |[（] `)
	straight = regexp.MustCompile(`["']`)
	shouting = regexp.MustCompile(`\b[A-Z]{3,}\b`)
	abbrev   = regexp.MustCompile(`\b(AED|API|ATM|CSV|GCJ|GPS|HEIC|ICP|JPG|JSON|PDF|PNG|POI|RFC|URL|UTC|UTF|WGS|XLSX)\b`)
)

// title is the name of a law or a norm, which is not ours to word.
var title = regexp.MustCompile(`《[^》]*》`)

// bare is a message without its placeholders and titles, each standing for one hidden character.
func bare(s string) string {
	return title.ReplaceAllString(placeholder.ReplaceAllString(s, "\uFFFC"), "\uFFFC")
}

func TestWordsOfTheSite(t *testing.T) {
	c := mustLoad(t)
	for _, l := range lang.Tags {
		w := c.In(l)
		for _, key := range w.Keys() {
			for _, form := range w.Forms(key) {
				for _, complaint := range complaints(l, form) {
					t.Errorf("%s %s: %s: %q", l, key, complaint, form)
				}
			}
		}
	}
}

// In Traditional Chinese a row of a table is 列 and a column 欄; 行, which is a column there and a row in the simplified text, would
// say the wrong one.
func TestTablesHaveTheWordsOfTheirScript(t *testing.T) {
	w := mustLoad(t).In(lang.Hant)
	for _, key := range w.Keys() {
		for _, form := range w.Forms(key) {
			table := slices.ContainsFunc([]string{"sheet.", "imports.", "exports."}, func(family string) bool { return strings.HasPrefix(key, family) })
			for _, word := range []string{"行", "導入", "導出", "文件"} {
				if table && strings.Contains(form, word) {
					t.Errorf("%s uses %s: %q", key, word, form)
				}
			}
		}
	}
}

// complaints says what in a message breaks a rule.
func complaints(l lang.Tag, form string) []string {
	found := []string{}
	say := func(bad bool, what string) {
		if bad {
			found = append(found, what)
		}
	}
	text := bare(form)
	for _, word := range notUsed[l] {
		say(strings.Contains(strings.ToLower(text), word), "uses "+word)
	}
	for _, word := range wholeNotUsed {
		say(strings.TrimSpace(text) == word, "says nothing (W1)")
	}
	if l == lang.En {
		say(han.MatchString(text), "Chinese in English")
		say(shouting.MatchString(abbrev.ReplaceAllString(text, "")), "all capitals (T6)")
		say(straight.MatchString(text), "straight quotation mark (T5)")
		return found
	}
	say(halfMark.MatchString(text), "half-width mark beside a character (T5)")
	say(unspaced.MatchString(text), "no space between Chinese and Latin or digits (T4)")
	say(spaced.MatchString(text), "space where Chinese has none (T4)")
	say(straight.MatchString(text), "straight quotation mark (T5)")
	if l == lang.Hant {
		for _, r := range text {
			say(strings.ContainsRune(simplified, r) && !strings.ContainsRune(sameInBoth, r), "simplified character "+string(r)+" (W7)")
		}
	}
	return found
}

func TestRulesFindWhatTheyShould(t *testing.T) {
	for _, tt := range []struct {
		name string
		l    lang.Tag
		text string
		bad  bool
	}{
		{"good", lang.Hans, "没有搜到“{{.Query}}”。共 3 家，21:30 打烊（周四）", false},
		{"half-width comma", lang.Hans, "没连上网,再试一次", true},
		{"half-width brackets", lang.Hans, "休息(周四)", true},
		{"no space before a digit", lang.Hans, "共3家", true},
		{"space between characters", lang.Hans, "没有 公告", true},
		{"a word we do not use", lang.Hans, "提交成功", true},
		{"alone on a button", lang.Hans, "确认", true},
		{"part of a sentence", lang.Hans, "节假日时间待确认", false},
		{"the name of a norm", lang.Hans, "照《移动互联网应用适老化通用设计规范》来做", false},
		{"exclamation", lang.Hans, "存好了！", true},
		{"simplified in traditional", lang.Hant, "电話", true},
		{"a word of the mainland", lang.Hant, "店舖信息", true},
		{"traditional", lang.Hant, "{{.Time}} 打烊，後天開門", false},
		{"Chinese in English", lang.En, "Open 营业中", true},
		{"please", lang.En, "Please try again", true},
		{"capitals", lang.En, "OPEN now", true},
		{"abbreviation", lang.En, "WGS 84 or GPS", false},
		{"English", lang.En, "Scan for today’s hours", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := complaints(tt.l, tt.text); (len(got) > 0) != tt.bad {
				t.Errorf("complaints(%q) = %v, want some: %v", tt.text, got, tt.bad)
			}
		})
	}
}
