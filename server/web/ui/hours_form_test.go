package ui

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shangquan/frontend"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
)

var (
	day9 = []hours.Span{{Open: 540, Close: 1260}}
	late = []hours.Span{{Open: 660, Close: 840}, {Open: 1020, Close: 1560}}
	all  = []hours.Span{{Open: 0, Close: 1440}}
)

func week(work, sat, sun []hours.Span) [7][]hours.Span {
	return [7][]hours.Span{work, work, work, work, work, sat, sun}
}

// drawHours draws hours that Validate accepts.
func drawHours(t *rapid.T) hours.Hours {
	span := rapid.SampledFrom([][]hours.Span{{}, day9, {{Open: 555, Close: 700}}, {{Open: 390, Close: 840}, {Open: 990, Close: 1290}}, {{Open: 720, Close: 1560}}, all})
	h := hours.Hours{Known: true}
	kind := rapid.SampledFrom([]HoursKind{EveryDay, WorkAndRest, DayByDay, AllHours}).Draw(t, "kind")
	for i := range h.Week {
		switch {
		case kind == AllHours:
			h.Week[i] = all
		case i == 0 || kind == DayByDay || kind == WorkAndRest && i == 5:
			h.Week[i] = span.Draw(t, "spans")
		default:
			h.Week[i] = h.Week[i-1]
		}
	}
	if rapid.Bool().Draw(t, "holiday") {
		h.ByClass = map[string][]hours.Span{string(calendar.Holiday): span.Draw(t, "holidays")}
	}
	if hours.Validate(h) != nil {
		t.Skip()
	}
	return h
}

// What is stored comes back from the form as it was, by way of what the form sends.
func TestHoursThroughTheForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		in := NewHoursInput(h)
		sent := ParseHours(in.Values())
		if diff := cmp.Diff(in, sent); diff != "" {
			t.Fatalf("sent: %s", diff)
		}
		got, err := sent.Hours(h)
		if err != nil {
			t.Fatal(err)
		}
		if in.Kind == WorkAndRest { // says what a make-up day is, too
			if !slices.Equal(got.ByClass[string(calendar.Makeup)], h.Week[0]) {
				t.Fatalf("make-up days: %v", got.ByClass)
			}
			delete(got.ByClass, string(calendar.Makeup))
		}
		if len(got.ByClass) == 0 {
			got.ByClass = nil
		}
		if !got.Equal(h) {
			t.Fatalf("%s", cmp.Diff(h, got))
		}
	})
}

func FuzzParseHours(f *testing.F) {
	f.Add("kind=each&mon_on=1&mon_0_open=540&mon_0_close=1260", "add:mon", "mon_0_close=2010")
	f.Add("kind=split&work_on=1&work_2_open=-4&work_2_close=99999", "del:work:7", "")
	f.Fuzz(func(t *testing.T, query, do, fix string) {
		v, _ := url.ParseQuery(query)
		in := ParseHours(v)
		in.Change(do, fix)
		if h, err := in.Hours(hours.Hours{}); err == nil && hours.Validate(h) != nil {
			t.Fatalf("%q: accepted %v", query, h)
		}
		if diff := cmp.Diff(in, ParseHours(in.Values())); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestHoursKind(t *testing.T) {
	class := func(c calendar.Class, spans []hours.Span) map[string][]hours.Span {
		return map[string][]hours.Span{string(c): spans}
	}
	for _, tt := range []struct {
		name string
		h    hours.Hours
		want HoursKind
	}{
		{"unknown", hours.Hours{Text: "早市"}, ""},
		{"the same", hours.Hours{Known: true, Week: week(day9, day9, day9)}, EveryDay},
		{"always", hours.Hours{Known: true, Week: week(all, all, all)}, AllHours},
		{"two kinds of days", hours.Hours{Known: true, Week: week(day9, late, late), ByClass: class(calendar.Makeup, day9)}, WorkAndRest},
		{"two kinds, make-up days not said", hours.Hours{Known: true, Week: week(day9, nil, nil)}, WorkAndRest},
		{"make-up days of their own", hours.Hours{Known: true, Week: week(day9, nil, nil), ByClass: class(calendar.Makeup, late)}, DayByDay},
		{"rest days of their own", hours.Hours{Known: true, Week: week(day9, day9, day9), ByClass: class(calendar.Rest, nil)}, DayByDay},
		{"closed on holidays", hours.Hours{Known: true, Week: week(day9, day9, day9), ByClass: class(calendar.Holiday, nil)}, EveryDay},
		{"Sunday off", hours.Hours{Known: true, Week: week(day9, day9, nil)}, DayByDay},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := NewHoursInput(tt.h).Kind; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What holds on certain kinds of days stays only as long as it belongs to the week it was said with.
func TestHoursKeepWhatTheFormDoesNotShow(t *testing.T) {
	stored := hours.Hours{
		Known: true, Week: week(day9, day9, nil), Special: []hours.Special{{From: "2026-10-18", To: "2026-10-18"}}, Pause: &hours.Pause{From: "2026-11-01"},
		ByClass: map[string][]hours.Span{"holiday": nil, "makeup": late},
	}
	in := NewHoursInput(stored)
	same, err := in.Hours(stored)
	if err != nil || !same.Equal(stored) {
		t.Errorf("unchanged: %v %s", err, cmp.Diff(stored, same))
	}
	in.Rows["mon"] = NewDayInput(late)
	other, err := in.Hours(stored)
	_, makeup := other.ByClass["makeup"]
	_, holiday := other.ByClass["holiday"]
	if err != nil || makeup || !holiday || len(other.Special) != 1 || other.Pause == nil {
		t.Errorf("changed: %v %+v", err, other)
	}
}

func TestHoursMistakes(t *testing.T) {
	span := func(o, c int) DayInput { return DayInput{true, []SpanInput{{o, c}}} }
	closed := DayInput{}
	for _, tt := range []struct {
		name string
		in   HoursInput
		want []string // name key
	}{
		{"not answered", HoursInput{}, []string{"kind hours.form.kind"}},
		{"not chosen", HoursInput{EveryDay, map[string]DayInput{"all": span(540, NotChosen)}}, []string{"all_0_close hours.form.choose"}},
		{"open, no times", HoursInput{EveryDay, map[string]DayInput{"all": {Open: true}}}, []string{"all_0_open hours.form.choose"}},
		{"only blanks", HoursInput{EveryDay, map[string]DayInput{"all": {true, []SpanInput{{-1, -1}, {-1, -1}}}}}, []string{"all_0_open hours.form.choose"}},
		{"a blank one beside a good one", HoursInput{EveryDay, map[string]DayInput{"all": {true, []SpanInput{{540, 600}, {-1, -1}}}}}, nil},
		{"rows of another answer do not matter", HoursInput{WorkAndRest, map[string]DayInput{"work": span(540, 600), "rest": closed, "all": span(9, 9)}}, nil},
		{"order, said once for seven days", HoursInput{EveryDay, map[string]DayInput{"all": {true, []SpanInput{{390, 840}, {990, 570}}}}}, []string{"all_1_close hours.order"}},
		{"order on rest days", HoursInput{WorkAndRest, map[string]DayInput{"work": span(540, 600), "rest": span(600, 540)}}, []string{"rest_0_close hours.order"}},
		{"working days are not blamed twice", HoursInput{WorkAndRest, map[string]DayInput{"work": span(600, 540), "rest": closed}}, []string{"work_0_close hours.order"}},
		{"typed in another order", HoursInput{EveryDay, map[string]DayInput{"all": {true, []SpanInput{{990, 1290}, {390, 840}}}}}, nil},
		{"overlap", HoursInput{EveryDay, map[string]DayInput{"all": {true, []SpanInput{{390, 840}, {780, 900}}}}}, []string{"all_1_open hours.overlap"}},
		{"into the next day", HoursInput{WorkAndRest, map[string]DayInput{"work": span(1200, 1800), "rest": span(300, 600)}}, []string{"work_0_close hours.next_day"}},
		{"two days", HoursInput{DayByDay, map[string]DayInput{"mon": span(2, 1), "sun": span(600, 540)}}, []string{"mon_0_close hours.order", "sun_0_close hours.order"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.in.Hours(hours.Hours{})
			var got []string
			for _, f := range fieldsOf(err) {
				got = append(got, f.Name+" "+f.Key)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%v %s", err, diff)
			}
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Errorf("kind of %v", err)
			}
		})
	}
}

func TestHoursChange(t *testing.T) {
	blank := SpanInput{NotChosen, NotChosen}
	start := func() HoursInput {
		return HoursInput{DayByDay, map[string]DayInput{
			"mon": {true, []SpanInput{{540, 600}, {700, 650}}}, "tue": {}, "fri": {true, []SpanInput{{1, 2}}}, "sat": {true, []SpanInput{{3, 4}}}, "sun": {true, []SpanInput{{1, 2}, {3, 4}, {5, 6}}},
		}}
	}
	for _, tt := range []struct {
		do, fix, row string
		want         DayInput
		changed      bool
	}{
		{"add:mon", "", "mon", DayInput{true, []SpanInput{{540, 600}, {700, 650}, blank}}, true},
		{"add:tue", "", "tue", DayInput{true, []SpanInput{blank, blank}}, true},
		{"add:sun", "", "sun", DayInput{true, []SpanInput{{1, 2}, {3, 4}, {5, 6}}}, true},
		{"del:mon:0", "", "mon", DayInput{true, []SpanInput{{700, 650}}}, true},
		{"del:fri:0", "", "fri", DayInput{false, []SpanInput{}}, true},
		{"del:fri:8", "", "fri", DayInput{true, []SpanInput{{1, 2}}}, true},
		{"copy", "", "fri", DayInput{true, []SpanInput{{540, 600}, {700, 650}}}, true},
		{"copy", "", "sat", DayInput{true, []SpanInput{{3, 4}}}, true},
		{"", "mon_1_close=1110", "mon", DayInput{true, []SpanInput{{540, 600}, {700, 1110}}}, true},
		{"", "mon_1_close=x", "mon", DayInput{true, []SpanInput{{540, 600}, {700, NotChosen}}}, true},
		{"add:nonsense", "", "mon", start().Rows["mon"], true},
		{"save", "", "mon", start().Rows["mon"], false},
		{"", "", "mon", start().Rows["mon"], false},
	} {
		t.Run(tt.do+tt.fix, func(t *testing.T) {
			in := start()
			if got := in.Change(tt.do, tt.fix); got != tt.changed {
				t.Errorf("changed: %v", got)
			}
			if diff := cmp.Diff(tt.want, in.Rows[tt.row]); diff != "" {
				t.Error(diff)
			}
			if _, ok := in.Rows["nonsense"]; ok {
				t.Error("a row nobody has")
			}
		})
	}
	t.Run("the copy is one", func(t *testing.T) {
		in := start()
		in.Change("copy", "")
		in.Change("", "fri_0_open=60")
		if in.Rows["mon"].Spans[0].Open != 540 {
			t.Error("Monday changed along with Friday")
		}
	})
}

var control = regexp.MustCompile(`(?s)<(?:input|select)[^>]* name="([a-z0-9_]+)"[^>]*>`)

// The page has the names that ParseHours reads, keeps wrong times, and says each mistake at its control with its fixes.
func TestHoursEditorPage(t *testing.T) {
	words := mustCatalogue(t).In(lang.Hans)
	set, err := Templates(frontend.FS, words, mustAssets(t))
	if err != nil {
		t.Fatal(err)
	}
	h := hours.Hours{Known: true, Week: week(late, late, nil)}
	in := NewHoursInput(h)
	in.Rows["wed"] = DayInput{true, []SpanInput{{390, 840}, {991, 570}}}
	_, problem := in.Hours(h)
	view := NewHourWords(words)
	editor, summary := view.Editor(in, problem)
	if view.Err != nil || len(summary) != 1 || summary[0] != (FieldError{"wed_1_close", "周三：打烊 9:30 比开门 16:31 早，请选一个对的时间"}) {
		t.Fatalf("%v %+v", view.Err, summary)
	}
	var b strings.Builder
	if err := set.ExecuteTemplate(&b, "hours", editor); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	want := slices.Collect(func(yield func(string) bool) {
		for name := range in.Values() {
			if !yield(name) {
				return
			}
		}
	})
	names := map[string]bool{}
	for _, m := range control.FindAllStringSubmatch(html, -1) {
		names[m[1]] = true
	}
	for _, name := range want {
		if !names[name] {
			t.Errorf("the page has no %s", name)
		}
	}
	for _, part := range []string{
		`<option value="991" selected>16:31</option>`, `aria-invalid="true" aria-describedby="wed-error"`, `id="wed-error"`,
		`name="fix" value="wed_1_close=1290">改成 21:30<`, `name="fix" value="wed_1_close=2010">改成次日 9:30<`, `<option value="1830"`,
	} {
		if part == `<option value="1830"` {
			if strings.Contains(html, part) {
				t.Error("the list ends at 次日 6:00")
			}
		} else if !strings.Contains(html, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if strings.Count(html, "aria-invalid") != 1 {
		t.Error("one control is wrong, not more")
	}
}

func TestHourFixes(t *testing.T) {
	view := NewHourWords(mustCatalogue(t).In(lang.Hans))
	for _, tt := range []struct {
		name string
		in   HoursInput
		want []Fix
	}{
		{"overlap begins where the other ends", HoursInput{EveryDay, map[string]DayInput{"all": {true, []SpanInput{{390, 840}, {780, 900}}}}}, []Fix{{"改成 14:00 开门", "all_1_open=840"}}},
		{"a span inside another has none", HoursInput{EveryDay, map[string]DayInput{"all": {true, []SpanInput{{390, 840}, {400, 500}}}}}, nil},
		{"night ends where the next day begins", HoursInput{EveryDay, map[string]DayInput{"all": {true, []SpanInput{{300, 400}, {1200, 1770}}}}}, []Fix{{"改成次日 5:00", "all_1_close=1740"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.in.Hours(hours.Hours{})
			e, _ := view.Editor(tt.in, err)
			if diff := cmp.Diff(tt.want, e.Groups[0].Rows[0].Fixes); diff != "" {
				t.Error(diff)
			}
			for _, f := range tt.want {
				tt.in.Change("", f.Value)
				if _, err := tt.in.Hours(hours.Hours{}); err != nil {
					t.Errorf("%s fixes nothing: %v", f.Label, err)
				}
			}
		})
	}
}

func TestSpecialForm(t *testing.T) {
	v := url.Values{"from": {"2026-10-18"}, "day_on": {"1"}, "day_0_open": {"540"}, "day_0_close": {"1260"}, "note": {" 重阳节 "}}
	s, err := ParseSpecial(v).Special(hours.Special{Note: lang.Text{En: "Double Ninth"}})
	want := hours.Special{From: "2026-10-18", To: "2026-10-18", Spans: day9, Note: lang.Text{Hans: "重阳节", En: "Double Ninth"}}
	if diff := cmp.Diff(want, s); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if again, err := NewSpecialInput(s).Special(s); err != nil || cmp.Diff(s, again) != "" {
		t.Errorf("again: %v %s", err, cmp.Diff(s, again))
	}
	for _, tt := range []struct{ key, value, want string }{
		{"from", "18/10", "from hours.dates"},
		{"to", "2026-10-17", "from hours.dates"},
		{"day_0_close", "", "day_0_close hours.form.choose"},
		{"day_0_close", "500", "day_0_close hours.order"},
		{"to", "2028-10-18", "from hours.too_many_specials"},
	} {
		wrong := url.Values{}
		for k, x := range v {
			wrong[k] = x
		}
		wrong.Set(tt.key, tt.value)
		_, err := ParseSpecial(wrong).Special(hours.Special{})
		if f := fieldsOf(err); len(f) != 1 || f[0].Name+" "+f[0].Key != tt.want {
			t.Errorf("%s=%s: %v, want %s", tt.key, tt.value, err, tt.want)
		}
	}
	v.Del("day_on")
	v.Set("to", "2026-10-24")
	if _, err := ParseSpecial(v).Special(hours.Special{}); len(fieldsOf(err)) != 1 || fieldsOf(err)[0].Key != "hours.long" {
		t.Errorf("seven closed days: %v", err)
	}
}

func TestSpecialDo(t *testing.T) {
	from, to := calendar.On(2027, 1, 1), calendar.On(2027, 1, 3)
	verb, a, b, ok := ParseSpecialDo("closed:" + SpecialKey(from, to))
	if !ok || verb != "closed" || a != from || b != to {
		t.Errorf("%s %v %v %v", verb, a, b, ok)
	}
	for _, do := range []string{"", "closed", "closed:2027-01-01", "closed:2027-01-03:2027-01-01", "burn:2027-01-01:2027-01-03", "usual:x:y"} {
		if _, _, _, ok := ParseSpecialDo(do); ok {
			t.Errorf("%q is a button", do)
		}
	}
}
