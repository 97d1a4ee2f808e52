package hours

import (
	"strings"
	"unicode/utf8"

	"shangquan/services/fault"
)

// scanner walks over a text that a parser reads, forward only, and names the place of an error.
type scanner struct {
	text string
	pos  int // bytes
}

func (s *scanner) done() bool          { return s.pos >= len(s.text) }
func (s *scanner) at(x string) bool    { return strings.HasPrefix(s.text[s.pos:], x) }
func (s *scanner) digit() bool         { return !s.done() && isDigit(s.text[s.pos]) }
func isDigit(c byte) bool              { return c >= '0' && c <= '9' }
func (s *scanner) fail(k string) error { return s.failAt(s.pos, k) }

func (s *scanner) eat(x string) bool {
	if !s.at(x) {
		return false
	}
	s.pos += len(x)
	return true
}

// word eats x unless a letter follows.
func (s *scanner) word(x string) bool {
	if rest := s.text[s.pos:]; len(rest) > len(x) && (rest[len(x)]|0x20) >= 'a' && (rest[len(x)]|0x20) <= 'z' {
		return false
	}
	return s.eat(x)
}

func (s *scanner) oneOf(words []string) int {
	for i, w := range words {
		if s.word(w) {
			return i
		}
	}
	return -1
}

func (s *scanner) space() {
	for !s.done() && strings.IndexByte(" \t\r\n", s.text[s.pos]) >= 0 {
		s.pos++
	}
}

// number reads up to nine digits and says how many there were.
func (s *scanner) number() (n, digits int) {
	for ; s.digit() && digits < 9; digits++ {
		n = n*10 + int(s.text[s.pos]-'0')
		s.pos++
	}
	return n, digits
}

// spans reads 09:00-12:00, 13:00-02:00; a closing before the opening is on the next day. Equal times are
// refused: closed or 24 hours, nobody can tell.
func (s *scanner) spans() ([]Span, error) {
	var out []Span
	for {
		s.space()
		start := s.pos
		from, err := s.clock(24)
		if err != nil {
			return nil, err
		}
		s.space()
		if !s.eat("-") {
			if s.at("+") {
				return nil, s.fail("hours.parse.unsupported")
			}
			return nil, s.fail("hours.parse.unexpected")
		}
		s.space()
		to, err := s.clock(LastClose / 60)
		if err != nil {
			return nil, err
		}
		if s.at("+") || s.at("/") {
			return nil, s.fail("hours.parse.unsupported")
		}
		if to < from {
			to += day
		}
		span := Span{from, to}
		if !span.sound() || len(out) == MaxSpans || len(out) > 0 && from < out[len(out)-1].Close {
			return nil, s.failAt(start, "hours.parse.time")
		}
		out = append(out, span)
		mark := s.pos
		s.space()
		if !s.eat(",") {
			s.pos = mark
			return out, nil
		}
		s.space()
		if !s.digit() || s.year() { // the comma belongs to something else
			s.pos = mark
			return out, nil
		}
	}
}

// year reports whether 2026- stands here, which begins a date and no time.
func (s *scanner) year() bool {
	mark := s.pos
	_, digits := s.number()
	date := digits == 4 && s.at("-")
	s.pos = mark
	return date
}

// clock reads H:MM or HH:MM up to a last hour.
func (s *scanner) clock(last int) (int, error) {
	start := s.pos
	h, digits := s.number()
	if digits == 0 {
		return 0, s.fail("hours.parse.unexpected")
	}
	if digits > 2 || !s.eat(":") {
		return 0, s.failAt(start, "hours.parse.time")
	}
	m, digits := s.number()
	if digits != 2 || m > 59 || h*60+m > last*60 {
		return 0, s.failAt(start, "hours.parse.time")
	}
	return h*60 + m, nil
}

// failAt returns the error for the character at a byte of the text.
func (s *scanner) failAt(pos int, key string) error {
	return misread(key, utf8.RuneCountInString(s.text[:pos])+1, s.text[pos:])
}

// misread is the error of all parsers: what is wrong, at which character counted from 1, and the characters from there on.
func misread(key string, pos int, near string) error {
	n := 0
	for i := range near {
		if n == 12 {
			near = near[:i]
			break
		}
		n++
	}
	return fault.Wrong("hours", key, map[string]any{"pos": pos, "near": strings.ToValidUTF8(near, "\uFFFD")})
}

func tooLong() error {
	return fault.Wrong("hours", "hours.parse.long", map[string]any{"max": MaxText})
}
