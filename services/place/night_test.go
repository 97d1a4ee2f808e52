package place_test

import (
	"strings"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/place"
	"shangquan/services/store"
)

func TestLastDeparturesAsTheyAreTyped(t *testing.T) {
	for _, x := range []struct{ typed, want string }{
		{"松江2路 往大学城 22:10", "松江2路 往大学城 22:10"},
		{"松江2路　开往 大学城　２２：１０\r\n\r\n 9号线  5:05 ", "松江2路 往大学城 22:10\n9号线 5:05"},
		{"松江 2 路 0:20", "松江 2 路 0:20"},
		{"松江2路往大学城 22:10", "松江2路 往大学城 22:10"},
		{"1808路 往火车站 南广场 23:00", "1808路 往火车站 南广场 23:00"},
		{"2 to University Town 22:10", "2 往University Town 22:10"},
		{"", ""},
	} {
		list, err := place.ReadDepartures(x.typed)
		lasts := place.Lasts{List: list}
		if got := lasts.Text(); err != nil || got != x.want {
			t.Errorf("%q: %q %v", x.typed, got, err)
		}
		if again := first(place.ReadDepartures(lasts.Text())); len(again) != len(list) {
			t.Errorf("%q is not read as it is written", lasts.Text())
		}
	}
	for _, x := range []struct {
		typed, key string
		row        any
	}{
		{"松江2路", "error.point.departure", 1},
		{"松江2路 22:10\n\n松江3路 晚上", "error.point.departure", 3},
		{"松江2路 24:10", "error.point.departure", 1},
		{"松江2路 22:61", "error.point.departure", 1},
		{strings.Repeat("长", 21) + " 22:10", "error.point.departure", 1},
		{"松江2路 往" + strings.Repeat("远", 61) + " 22:10", "error.point.departure", 1},
		{"松江2路\x01x 22:10", "error.point.departure", 1},
		{"松江2路 22:10\n松江2路 23:10", "error.point.twice", 2},
	} {
		_, err := place.ReadDepartures(x.typed)
		f, ok := err.(*fault.Error) //nolint:errorlint // returned as it is
		if !ok || f.Kind != fault.Invalid || f.Fields[0].Name != "last" || f.Fields[0].Key != x.key || f.Fields[0].Args["N"] != x.row {
			t.Errorf("%q: %v", x.typed, err)
		}
	}
	rows := []string{}
	for i := range place.MaxDepartures + 1 {
		rows = append(rows, strings.Repeat("a", i%20+1)+strings.Repeat("b", i/20)+" 22:00")
	}
	if _, err := place.ReadDepartures(strings.Join(rows, "\n")); !fault.Is(err, fault.Invalid) {
		t.Error("there is no end of departures")
	}
	for at, want := range map[string]int{"22:10": 1330, "0:20": 1460, "4:59": 1739, "5:00": 300} {
		if got := (place.Departure{At: at}).Minute(); got != want {
			t.Errorf("%s is minute %d", at, got)
		}
	}
}

func TestLastDeparturesOfAStop(t *testing.T) {
	e, _, _ := editor(t)
	ctx := t.Context()
	must(t, first(e.SavePoints(ctx, []place.Point{{Meta: store.Meta{ID: "stop-1"}, Kind: place.BusStop, Name: bench().Name, Lines: []string{}}})), nil)
	p := first(e.Point(ctx, "stop-1"))
	if _, err := e.SetLasts(ctx, coordinator, p.ID, p.Rev, "松江2路 22:10", " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("nobody says so: %v", err)
	}
	p = must(t, first(e.SetLasts(ctx, coordinator, p.ID, p.Rev, "松江2路 22:10", " 站牌 ")), nil)
	if p.Lasts.Source != "站牌" || p.Lasts.CheckedOn != "2026-10-15" || len(p.Lasts.List) != 1 {
		t.Errorf("%+v", p.Lasts)
	}
	if _, err := e.SetLasts(ctx, coordinator, p.ID, p.Rev-1, "", ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("over an old revision: %v", err)
	}
	if _, err := e.SetPoint(ctx, coordinator, p.ID, p.Rev, bench()); !fault.Is(err, fault.Invalid) {
		t.Errorf("a bench from which buses leave: %v", err)
	}
	must(t, first(e.SavePoints(ctx, []place.Point{{Meta: store.Meta{ID: "stop-1"}, Kind: place.BusStop, Name: bench().Name, Lines: []string{"1路"}}})), nil)
	if p = first(e.Point(ctx, p.ID)); len(p.Lasts.List) != 1 || len(p.Lines) != 1 {
		t.Errorf("a list takes the last bus away: %+v", p)
	}
	if p = must(t, first(e.SetLasts(ctx, coordinator, p.ID, p.Rev, "\n", "站牌")), nil); p.Lasts.Source != "" || len(p.Lasts.List) != 0 {
		t.Errorf("emptied: %+v", p.Lasts)
	}
	made := must(t, first(e.AddPoint(ctx, coordinator, bench())), nil)
	if _, err := e.SetLasts(ctx, coordinator, made.ID, made.Rev, "松江2路 22:10", "站牌"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a bus leaves from a bench: %v", err)
	}
}

func TestHoursOfAPoint(t *testing.T) {
	e, _, _ := editor(t)
	x := bench()
	x.Opening, x.Lit = " 每天 6:00-24:00 ", true
	p := must(t, first(e.AddPoint(t.Context(), coordinator, x)), nil)
	if p.Opening.Text != "每天 6:00-24:00" || !p.Lit || p.Usable() == nil || len(p.Usable().Week[0]) != 1 {
		t.Errorf("%+v", p)
	}
	for _, wrong := range []string{"看情况", "每天 6:00-24:00" + strings.Repeat("，周一 6:00-24:00", 6)} {
		x.Opening = wrong
		if _, err := e.SetPoint(t.Context(), coordinator, p.ID, p.Rev, x); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	x.Opening, x.Lit = "", false
	if p = must(t, first(e.SetPoint(t.Context(), coordinator, p.ID, p.Rev, x)), nil); p.Usable() != nil || p.Lit {
		t.Errorf("%+v", p)
	}
}

func TestQuietHours(t *testing.T) {
	e, _, st := editor(t)
	ctx := t.Context()
	set := func(rev int64, text, who string) (place.Street, error) {
		return e.SetQuiet(ctx, coordinator, st.ID, rev, text, who)
	}
	for field, x := range map[string][2]string{"quiet": {"夜里", "岳阳街道"}, "quiet.by": {"每天 22:00-6:00", " "}} {
		_, err := set(st.Rev, x[0], x[1])
		if f, ok := err.(*fault.Error); !ok || len(f.Fields) != 1 || f.Fields[0].Name != field { //nolint:errorlint // returned as it is
			t.Errorf("%s: %v", field, err)
		}
	}
	got := must(t, first(set(st.Rev, "每天 22:00-6:00", " 岳阳街道 ")), nil)
	if got.Quiet.By != "岳阳街道" || got.Quiet.CheckedOn != "2026-10-15" || got.Quiet.Hours.Week[0][0].Close != 30*60 {
		t.Errorf("%+v", got.Quiet)
	}
	got = must(t, first(e.SetPedestrian(ctx, coordinator, st.ID, got.Rev, "每天 10:00-22:00")), nil)
	again := got
	again.Quiet, again.Pedestrian = place.Quiet{}, place.Times{}
	must(t, first(e.SaveStreets(ctx, []place.Street{again})), nil)
	if got = first(e.Street(ctx, st.ID)); got.Quiet.Text == "" || got.Pedestrian.Text == "" {
		t.Error("a list takes the quiet away, or the walkers' hours")
	}
	if _, err := set(st.Rev, "", ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("over an old revision: %v", err)
	}
	if got = must(t, first(set(got.Rev, "", "岳阳街道")), nil); got.Quiet.By != "" || got.Quiet.CheckedOn != "" {
		t.Errorf("emptied: %+v", got.Quiet)
	}
}
