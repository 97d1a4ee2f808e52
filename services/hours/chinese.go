package hours

import (
	"slices"
	"strings"

	"shangquan/services/calendar"
)

// ParseChinese reads opening hours as merchants type them: 周一至周五 10:00-21:30，周末 9:30~22:00; 早9点到晚10点; 每天24小时，周一休息.
// It never guesses: a text that could be meant in two ways (9:00-6:00, a season, a weekday left out) is refused, to be kept
// as it is in Hours.Text. Errors are as ParseOSM's.
//
//   - A text without days is every day; days named later in it are exceptions.
//   - 工作日 and 平日 are Monday to Friday and make-up days; 节假日 are the holidays.
//   - Days left out are closed where the text is about one group of days (周二至周日 …), or where Monday to Friday are alike and
//     the weekend is left out. Whoever splits the week in another way and leaves out a day has forgotten it.
func ParseChinese(text string) (Hours, error) {
	if len(text) > MaxText {
		return Hours{}, tooLong()
	}
	r := chineseReader{chinese: chinese{original: text, text: fold(text)}}
	if err := r.read(); err != nil {
		return Hours{}, err
	}
	h, err := r.hours()
	if err != nil {
		return Hours{}, err
	}
	if Validate(h) != nil {
		return Hours{}, r.failAt(0, "hours.parse.ambiguous")
	}
	return h, nil
}

const (
	workDays = 1<<5 - 1
	allDays  = 1<<7 - 1
)

// clause is some days and what holds on them.
type clause struct {
	days     uint8 // bits, Monday first
	general  bool  // every day: later clauses are exceptions
	working  bool  // 工作日、平日
	strictly bool  // 工作日, which no holiday is
	holidays bool  // 节假日
	spans    []Span
	usual    bool // 照常
	pos      int
}

type chineseReader struct {
	chinese
	clauses []clause
	weak    int  // position of a span that needs a sure one beside it, from 1
	sure    bool // somebody counts to 24 here
	always  bool // 全年无休
}

func (r *chineseReader) read() error {
	r.filler()
	if r.done() {
		return r.fail("hours.parse.empty")
	}
	for ; !r.done(); r.filler() {
		if r.eatAny("全年无休", "节假日无休", "无休", "365天") {
			r.always = true
			continue
		}
		c := clause{pos: r.pos}
		named, err := r.days(&c)
		if err != nil {
			return err
		}
		if !named {
			c.days = allDays
		}
		c.general = c.days == allDays
		r.filler()
		if err := r.opening(&c, named); err != nil {
			return err
		}
	}
	if r.weak > 0 && !r.sure {
		return r.failAt(r.weak-1, "hours.parse.ambiguous")
	}
	return nil
}

// opening reads what holds on the days of c and adds the clause; times without days go to the clause before.
func (r *chineseReader) opening(c *clause, named bool) error {
	switch {
	case r.eatAny("24小时", "24h", "二十四小时", "全天候", "全天", "昼夜"):
		for r.filler(); r.eatAny("24小时", "24h", "不打烊"); r.filler() {
		}
		c.spans = []Span{{0, day}}
	case named && r.eatAny("休息", "店休", "公休", "不营业", "不开", "除外", "闭店", "闭馆", "关门", "歇业", "休"):
		c.spans = []Span{}
	case named && c.holidays && r.eatAny("照常营业", "照常", "正常营业", "正常", "不休息", "不休"):
		c.usual = true
	default:
		if n := len(r.clauses); !named && n > 0 {
			if len(r.clauses[n-1].spans) == 0 {
				return r.fail("hours.parse.ambiguous")
			}
			return r.times(&r.clauses[n-1])
		}
		if err := r.times(c); err != nil {
			return err
		}
	}
	r.clauses = append(r.clauses, *c)
	return nil
}

// times reads one span into c.
func (r *chineseReader) times(c *clause) error {
	pos := r.pos
	s, weak, sure, err := r.span()
	if err != nil {
		return err
	}
	if n := len(c.spans); n == MaxSpans || n > 0 && s.Open < c.spans[n-1].Close {
		return r.failAt(pos, "hours.parse.ambiguous")
	}
	c.spans = append(c.spans, s)
	r.sure = r.sure || sure
	if weak {
		r.weak = pos + 1
	}
	return nil
}

// days reads 周一至周四、周日, 周末及节假日, 每天 into c and reports whether there were any.
func (r *chineseReader) days(c *clause) (bool, error) {
	for first := true; ; first = false {
		mark := r.pos
		if !first {
			r.skip(" ,/&+")
			if r.eatAny("和", "及", "与", "以及") {
				r.skip(" ")
			}
		}
		if r.eatAny("每天", "每日", "天天") {
			c.days = allDays
		} else if r.eat("工作日") {
			c.working, c.strictly, c.days = true, true, c.days|workDays
		} else if r.eat("平日") {
			c.working, c.days = true, c.days|workDays
		} else if r.eatAny("周末", "双休日", "双休") {
			c.days |= allDays &^ workDays
		} else if r.eatAny("法定节假日", "国定节假日", "节假日", "法定假日") {
			c.holidays = true
		} else if from, ok := r.weekday(!first); ok {
			to := from
			dash := r.pos
			if r.skip(" "); r.skip("-") {
				r.skip(" ")
				if to, ok = r.weekday(true); !ok {
					return false, r.fail("hours.parse.unexpected")
				}
			} else {
				r.pos = dash
			}
			for d := from; ; d = (d + 1) % 7 {
				c.days |= 1 << d
				if d == to {
					break
				}
			}
		} else {
			r.pos = mark
			return !first, nil
		}
	}
}

// weekday reads 周一, 星期天, 周1, 每周日, and after another day also 一 alone, unless it is the hour of a time.
func (r *chineseReader) weekday(bare bool) (int, bool) {
	mark := r.pos
	if r.peek(0) == '每' && strings.ContainsRune("周星礼", r.peek(1)) {
		r.pos++
	}
	named := r.eatAny("周", "星期", "礼拜")
	digit := r.peek(0) >= '1' && r.peek(0) <= '7'
	d, ok := weekdays[r.peek(0)]
	if digit {
		d, ok = int(r.peek(0)-'1'), !isNumber(r.peek(1))
	}
	hour := strings.ContainsRune("点时十半", r.peek(1)) && (digit || !named) || digit && strings.ContainsRune(":.", r.peek(1))
	if !ok || hour || !named && !bare {
		r.pos = mark
		return 0, false
	}
	r.pos++
	return d, true
}

var weekdays = map[rune]int{'一': 0, '二': 1, '三': 2, '四': 3, '五': 4, '六': 5, '日': 6, '天': 6}

// hours puts the clauses together.
func (r *chineseReader) hours() (Hours, error) {
	h := Hours{Known: true, Special: []Special{}}
	var covered uint8
	groups, general := 0, false
	for i, c := range r.clauses {
		if c.general {
			if i > 0 {
				return h, r.failAt(c.pos, "hours.parse.ambiguous")
			}
			general = true
		} else if covered&c.days != 0 {
			return h, r.failAt(c.pos, "hours.parse.ambiguous") // two answers for a day
		} else {
			covered |= c.days
		}
		if c.days != 0 {
			groups++
		}
		for d := range h.Week {
			if c.days&(1<<d) != 0 {
				h.Week[d] = slices.Clone(c.spans)
			}
		}
	}
	// On which days it is open has to be said: 周一休息 alone leaves it open.
	open := slices.ContainsFunc(r.clauses, func(c clause) bool { return len(c.spans) > 0 })
	if groups == 0 || !open {
		return h, r.failAt(len(r.text), "hours.parse.unexpected")
	}
	missing := allDays &^ covered
	if general {
		missing = 0
	}
	if missing != 0 && groups > 1 && (missing&workDays != 0 || !alikeDays(h.Week[:5])) {
		return h, r.failAt(len(r.text), "hours.parse.ambiguous")
	}
	return h, r.classes(&h, missing != 0)
}

func alikeDays(days [][]Span) bool {
	for _, spans := range days[1:] {
		if !slices.Equal(spans, days[0]) {
			return false
		}
	}
	return true
}

// classes sets what the clauses say about holidays and make-up days; missing: the text leaves out weekdays.
func (r *chineseReader) classes(h *Hours, missing bool) error {
	set := func(class calendar.Class, spans []Span) {
		if h.ByClass == nil {
			h.ByClass = map[string][]Span{}
		}
		h.ByClass[string(class)] = slices.Clone(spans)
	}
	answered, onlyWorking := false, false
	for _, c := range r.clauses {
		if c.working {
			// 平日 with nothing about the weekend may be every day.
			if missing && !c.strictly {
				return r.failAt(c.pos, "hours.parse.ambiguous")
			}
			set(calendar.Makeup, c.spans)
			onlyWorking = missing
		}
		if !c.holidays {
			continue
		}
		spans := c.spans
		if c.usual {
			spans = h.Week[0]
		}
		// Open on holidays and nothing about the weekend: 节假日 then may mean the weekend too.
		if answered || c.usual && (c.days != 0 || !alikeDays(h.Week[:])) || missing && len(spans) > 0 {
			return r.failAt(c.pos, "hours.parse.ambiguous")
		}
		answered = true
		set(calendar.Holiday, spans)
	}
	if onlyWorking { // what is open on holidays was refused above
		answered = true
		set(calendar.Holiday, nil)
	}
	switch {
	case r.always && answered && len(h.ByClass[string(calendar.Holiday)]) == 0:
		return r.failAt(0, "hours.parse.ambiguous")
	case r.always && !answered && alikeDays(h.Week[:]): // otherwise nobody said which hours a holiday has
		set(calendar.Holiday, h.Week[0])
	}
	return nil
}
