package hours

import (
	"slices"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/lang"
)

// ParseOSM reads the part of OpenStreetMap's opening_hours that says what Hours can say: rules joined by semicolons, of
//
//	weekdays  Mo-Fr, Sa,Su, PH with 09:00-12:00,13:00-26:00 or off or closed; no weekdays: every day
//	dates     2026 Oct 01, 2026 Oct 01-03, 2026 Oct 01-Nov 02, 2026 Dec 31-2027 Jan 02, 2026 Oct 01+ (off only)
//	24/7, unknown, and comments "…" after open, off and unknown
//
// A later rule overrides an earlier one on its days. Closed for more than MaxClosedRun days, or without an end, is a pause.
// Everything else (months, weeks, SH, sunrise, 18:00+, rules joined by a comma or ||) is refused: the error is a fault of
// kind Invalid on field "hours" whose Args say at which character (pos, from 1) and near what. Collisions between days are for
// Validate to find.
func ParseOSM(text string) (Hours, error) {
	if len(text) > MaxText {
		return Hours{}, tooLong()
	}
	return parseOSM(text)
}

func parseOSM(text string) (Hours, error) {
	p := osmParser{scanner: scanner{text: text}, h: Hours{Known: true, Special: []Special{}}}
	p.space()
	if p.done() {
		return Hours{}, p.fail("hours.parse.empty")
	}
	for {
		if err := p.rule(); err != nil {
			return Hours{}, err
		}
		p.space()
		if p.done() {
			return p.h, nil
		}
		if !p.eat(";") {
			if p.at(",") || p.at("||") || p.at("+") || p.at("/") {
				return Hours{}, p.fail("hours.parse.unsupported")
			}
			return Hours{}, p.fail("hours.parse.unexpected")
		}
		p.space()
		if p.done() { // a semicolon at the end
			return p.h, nil
		}
	}
}

// osmParser builds hours rule by rule.
type osmParser struct {
	scanner
	h     Hours
	rules int // rules read
	stage int // 0: rules of weekdays; 1: PH; 2: dates
}

func (p *osmParser) rule() error {
	start := p.pos
	defer func() { p.rules++ }()
	switch {
	case p.word("unknown"):
		if p.rules > 0 {
			return p.failAt(start, "hours.parse.order")
		}
		note, err := p.comment()
		p.h.Known, p.h.Text = false, note
		return err
	case p.eat("24/7"):
		if p.rules > 0 {
			return p.failAt(start, "hours.parse.order")
		}
		for i := range p.h.Week {
			p.h.Week[i] = []Span{{0, day}}
		}
		return nil
	case p.at("1") || p.at("2"):
		if from, to, ok, err := p.dates(); err != nil || ok {
			if err != nil {
				return err
			}
			return p.dated(start, from, to)
		}
	}
	return p.weekly(start)
}

// weekly reads a rule of weekdays, PH, or none of both.
func (p *osmParser) weekly(start int) error {
	days, holidays, err := p.weekdays()
	if err != nil {
		return err
	}
	spans, note, err := p.opening()
	if err != nil {
		return err
	}
	if note != "" || !p.h.Known {
		return p.failAt(start, "hours.parse.unsupported") // there is nowhere to keep a note of a weekday
	}
	// A rule of weekdays after PH or dates would override them on those weekdays.
	if days != 0 && p.stage > 0 || holidays && p.stage > 1 {
		return p.failAt(start, "hours.parse.order")
	}
	for i := range p.h.Week {
		if days&(1<<i) != 0 {
			p.h.Week[i] = slices.Clone(spans)
		}
	}
	if holidays {
		p.h.ByClass = map[string][]Span{string(calendar.Holiday): spans}
		p.stage = 1
	}
	return nil
}

// weekdays reads Mo-Fr,Su,PH into a set of bits; nothing is every day.
func (p *osmParser) weekdays() (days uint8, holidays bool, err error) {
	for first := true; ; first = false {
		p.space()
		if p.word("PH") {
			holidays = true
		} else if from := p.oneOf(osmDays[:]); from >= 0 {
			to := from
			if p.eat("-") {
				if to = p.oneOf(osmDays[:]); to < 0 {
					return 0, false, p.fail("hours.parse.unexpected")
				}
			}
			for d := from; ; d = (d + 1) % 7 {
				days |= 1 << d
				if d == to {
					break
				}
			}
		} else if first {
			return 1<<7 - 1, false, nil
		} else {
			return 0, false, p.fail("hours.parse.unexpected")
		}
		if !p.eat(",") {
			if p.at("[") || p.at("+") {
				return 0, false, p.fail("hours.parse.unsupported")
			}
			p.eat(":")
			return days, holidays, nil
		}
	}
}

// dated stores a rule for dates as a special day or as the pause.
func (p *osmParser) dated(start int, from, to calendar.Date) error {
	spans, note, err := p.opening()
	if err != nil {
		return err
	}
	p.stage = 2
	long := len(spans) == 0 && to-from >= MaxClosedRun
	switch pause := p.h.Pause; {
	case to < from:
		return p.failAt(start, "hours.parse.date")
	case to == forever && len(spans) > 0, long && pause != nil, !long && !p.h.Known:
		return p.failAt(start, "hours.parse.unsupported")
	case pause != nil && to.String() >= pause.From && (pause.Until == "" || from.String() <= pause.Until):
		return p.failAt(start, "hours.parse.order") // it would open within the pause
	case long:
		p.h.Pause = &Pause{From: from.String(), Note: lang.Text{Hans: note}}
		if to != forever {
			p.h.Pause.Until = to.String()
		}
	default:
		p.h.Special = append(p.h.Special, Special{From: from.String(), To: to.String(), Spans: spans, Note: lang.Text{Hans: note}})
	}
	return nil
}

// dates reads a date or a range of dates; ok is false, and nothing read, when a time stands here.
func (p *osmParser) dates() (from, to calendar.Date, ok bool, err error) {
	start := p.pos
	year, n := p.number()
	if n != 4 {
		p.pos = start
		return 0, 0, false, nil
	}
	month, err := p.month()
	if err != nil {
		return 0, 0, false, err
	}
	if from, err = p.dayOf(year, month); err != nil {
		return 0, 0, false, err
	}
	to = from
	switch {
	case p.eat("+"):
		to = forever
	case p.eat("-"):
		mark := p.pos
		if y, n := p.number(); n == 4 {
			year = y
		} else {
			p.pos = mark
		}
		if !p.digit() {
			if month, err = p.month(); err != nil {
				return 0, 0, false, err
			}
		}
		to, err = p.dayOf(year, month)
	}
	p.space()
	p.eat(":")
	return from, to, err == nil, err
}

func (p *osmParser) month() (time.Month, error) {
	p.space()
	if i := p.oneOf(osmMonths[:]); i >= 0 {
		return time.Month(i + 1), nil
	}
	return 0, p.fail("hours.parse.unsupported")
}

func (p *osmParser) dayOf(year int, month time.Month) (calendar.Date, error) {
	p.space()
	start := p.pos
	n, digits := p.number()
	if digits == 0 {
		return 0, p.fail("hours.parse.unsupported")
	}
	d := calendar.On(year, month, n)
	if y, m, back := d.Civil(); digits > 2 || y != year || m != month || back != n || year < 1000 {
		return 0, p.failAt(start, "hours.parse.date")
	}
	return d, nil
}

// opening reads what follows the days: times, or off, with a comment.
func (p *osmParser) opening() (spans []Span, note string, err error) {
	p.space()
	if p.word("off") || p.word("closed") {
		note, err = p.comment()
		return []Span{}, note, err
	}
	if spans, err = p.spans(); err != nil {
		return nil, "", err
	}
	p.space()
	if p.word("open") {
		note, err = p.comment()
	}
	return spans, note, err
}

func (p *osmParser) comment() (string, error) {
	p.space()
	if !p.eat(`"`) {
		return "", nil
	}
	start := p.pos
	for !p.done() && !p.at(`"`) {
		p.pos++
	}
	note := p.text[start:p.pos]
	if !p.eat(`"`) {
		return "", p.failAt(start-1, "hours.parse.unexpected")
	}
	return note, nil
}
