package ui

// TableCard is the card for tables and counters, A6 or A5: the code, and what it is for. Always read in Chinese with one English
// line, as the poster.
type TableCard struct {
	Size        string // a6 or a5
	Name        string
	QR          QR
	Address     string // where the code leads, as a person could type it
	EnglishLine string
	Site        string
}

// Long reports whether the name needs smaller letters.
func (c TableCard) Long() bool { return textWidth(c.Name) > 9 }

// HoursSign is the sign with the opening hours for the door, A5 or A4, with what holds on the coming holidays.
type HoursSign struct {
	Size     string // a5 or a4
	Name     string
	Lines    []SignLine // 周一至周五 6:30–14:00、16:30–21:30
	Holidays []SignLine // 国庆节（10 月 1 日至 7 日） 照常
	QR       QR
	Address  string
	Printed  string // date in words
	Site     string
}

// Long reports whether the name needs smaller letters.
func (s HoursSign) Long() bool { return textWidth(s.Name) > 9 }

// SignLine is some days and their times.
type SignLine struct {
	Days  string
	Spans []string // none: closed
	Usual bool     // as on other days
}
