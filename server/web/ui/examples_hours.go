package ui

import "shangquan/services/hours"

// Examples of the hours editor, with invented hours.

func (e *examples) editor() {
	words := NewHourWords(e.w)
	two := []hours.Span{{Open: 390, Close: 840}, {Open: 990, Close: 1290}}
	h := hours.Hours{Known: true, Week: [7][]hours.Span{two, two, two, two, {{Open: 390, Close: 840}, {Open: 990, Close: 1320}}, {{Open: 555, Close: 1560}}, {}}}
	in := NewHoursInput(h)
	in.Rows["wed"] = DayInput{true, []SpanInput{{390, 840}, {990, 570}}}
	_, err := in.Hours(h)
	form, summary := words.Editor(in, err)
	e.add("error-summary", "hours", ErrorSummary{Errors: summary})
	e.add("hours", "each day, one mistake", form)
	e.add("hours-preview", "", HoursPreview{ID: "preview", Status: new(e.status(hours.Open, at(15, 21, 30)))})
	e.add("hours-preview", "while there is a mistake", HoursPreview{ID: "preview-wrong"})
	row, _ := words.Special(DayInput{true, []SpanInput{{390, NotChosen}}}, nil)
	e.add("hours-row", "of a special day", row)
	e.add("specials", "", Specials{
		Action: "/", CSRF: "token", Rev: "12", Add: Link{"加一个日子", "/"},
		Days: []SpecialDay{
			{Key: "2026-10-18:2026-10-18", Name: "重阳节", Dates: "10 月 18 日（周日）", State: "6:30–14:00", Note: "敬老面半价", Edit: "/", Copy: "/"},
			{Key: "2027-01-01:2027-01-03", Name: "元旦", Dates: "1 月 1 日至 3 日", Edit: "/"},
			{Key: "2027-02-05:2027-02-13", Name: "春节", Dates: "2 月 5 日至 13 日", Edit: "/", Fixed: true},
		},
	})
	e.add("specials", "none", Specials{Action: "/"})
	if words.Err != nil && e.err == nil {
		e.err = words.Err
	}
}
