package hours

// part is the part of the day a time is said to lie in.
type part int

const (
	unsaid    part = iota
	dawn           // 凌晨
	morning        // 早、上午
	noon           // 中午
	afternoon      // 下午
	night          // 晚
)

// clock is a time as it was written.
type clock struct {
	minute  int // of the day, the part of the day taken into account
	part    part
	nextDay bool // 次日
	full    bool // with minutes or 点: certainly a time
	padded  bool // "09:00": the 24-hour way
	late    bool // written with an hour from 13 on: the 24-hour way
	pos     int
}

// clock reads 9:30, 09:30:00, 9.30, 2130, 早9点半, 晚上十点, 次日凌晨2:00, 9:30pm.
func (c *chinese) clock() (clock, error) {
	c.skip(" ")
	k := clock{pos: c.pos}
	k.nextDay = c.eatAny("次日", "翌日", "第二天", "隔天", "隔日")
	c.skip(" ")
	switch {
	case c.eat("凌晨"):
		k.part = dawn
	case c.eatAny("早上", "早晨", "清晨", "上午", "早"):
		k.part = morning
	case c.eatAny("中午", "正午"):
		k.part = noon
	case c.eatAny("下午", "午后", "傍晚"):
		k.part = afternoon
	case c.eatAny("晚上", "晚间", "夜间", "夜里", "半夜", "午夜", "深夜", "夜晚", "晚", "夜"):
		k.part = night
	}
	c.skip(" ")
	k.padded = c.peek(0) == '0'
	hour, digits := c.number()
	minute := 0
	switch {
	case digits == 0:
		return k, c.fail("hours.parse.unexpected")
	case digits == 3:
		return k, c.failAt(k.pos, "hours.parse.time")
	case digits == 4:
		hour, minute, k.full = hour/100, hour%100, true
	case c.peek(0) == ':' || c.peek(0) == '.' && isNumber(c.peek(1)) && isNumber(c.peek(2)):
		c.pos++
		k.full = true
		var n int
		if minute, n = c.number(); n != 2 || c.eat(":") && !c.eat("00") && isNumber(c.peek(0)) {
			return k, c.failAt(k.pos, "hours.parse.time")
		}
	case c.eatAny("点", "时"):
		k.full = true
		switch {
		case c.eat("半"):
			minute = 30
		case c.eat("一刻"):
			minute = 15
		case c.eat("三刻"):
			minute = 45
		case c.eatAny("整", "钟"):
		default:
			var n int
			if minute, n = c.number(); n == 1 && !c.eat("分") || n > 2 {
				return k, c.failAt(k.pos, "hours.parse.time")
			}
			c.eat("分")
		}
	}
	c.skip(" ")
	if c.eat("am") {
		k.part, k.full = morning, true
		if hour == 12 {
			k.part = dawn
		}
	} else if c.eat("pm") {
		k.part, k.full = afternoon, true
	}
	k.late = hour >= 13
	if minute > 59 || hour*60+minute > day || !k.resolve(&hour) {
		return k, c.failAt(k.pos, "hours.parse.time")
	}
	k.minute = hour*60 + minute
	return k, nil
}

func isNumber(r rune) bool { return r >= '0' && r <= '9' }

// resolve turns an hour of a part of the day into one of 24; false when the two do not go together or nobody could tell.
func (k *clock) resolve(hour *int) bool {
	h := *hour
	switch k.part {
	case unsaid:
		return true
	case dawn:
		if h == 12 {
			*hour = 0
		}
		return h <= 6 || h == 12
	case morning:
		return h <= 12
	case noon:
		if h == 1 {
			*hour = 13
		}
		return h == 1 || h >= 11 && h <= 13
	case afternoon:
		if h < 12 {
			*hour = h + 12
		}
		return h >= 1 && h <= 23
	case night: // 晚1点 may be this night or the next
		switch {
		case h == 0 || h == 12:
			*hour = 24
		case h < 12:
			*hour = h + 12
		}
		return h == 0 || h >= 5
	}
	return false
}

// span reads two times. weak says that it may be meant in 12 hours, "9:00-11:00", unless other times of the text show that
// the writer counts to 24.
func (c *chinese) span() (s Span, weak, sure bool, err error) {
	from, err := c.clock()
	if err != nil {
		return s, false, false, err
	}
	c.skip(" ")
	dash := c.skip("-")
	if !dash && from.part == unsaid {
		return s, false, false, c.fail("hours.parse.unexpected")
	}
	to, err := c.clock()
	if err != nil {
		return s, false, false, err
	}
	worded := from.part != unsaid && to.part > noon // 早9晚9 needs neither a dash nor 点
	if !to.full && !worded || !dash && !worded {
		return s, false, false, c.failAt(from.pos, "hours.parse.ambiguous")
	}
	s = Span{from.minute, to.minute}
	switch {
	case from.nextDay:
		return s, false, false, c.failAt(from.pos, "hours.parse.time")
	case to.nextDay, to.part == dawn && to.minute <= from.minute:
		s.Close += day
	case to.minute < from.minute:
		if !to.overnight(from) {
			return s, false, false, c.failAt(from.pos, "hours.parse.ambiguous")
		}
		s.Close += day
	case to.minute == from.minute: // closed, or 24 hours?
		return s, false, false, c.failAt(from.pos, "hours.parse.ambiguous")
	}
	if !s.sound() {
		return s, false, false, c.failAt(from.pos, "hours.parse.time")
	}
	sure = from.late || to.late || from.padded || to.padded
	return s, !sure && s.Close <= 12*60 && to.part == unsaid, sure, nil
}

// overnight reports whether a closing before the opening surely is on the next day though nobody wrote 次日. "9:00-6:00" most
// likely is a closing at 18:00, and "11:00-9:30" one at 21:30, but that would be guessing.
func (k *clock) overnight(from clock) bool {
	switch {
	case k.part == morning:
		return from.minute >= day/2
	case k.part != unsaid:
		return false
	case k.minute == 0:
		return true
	case from.late:
		return k.minute <= 6*60 && k.minute+day-from.minute <= 14*60
	}
	return k.padded && (from.padded || from.minute >= 10*60) && k.minute <= 3*60
}
