package assembly

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
)

// wordsOf is what people read of a fault.
func wordsOf(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	if len(f.Fields) == 1 {
		return f.Fields[0].Name + " " + f.Fields[0].Key
	}
	return f.Key
}

// What may be done with minutes, by how far they are. Nothing that is refused leaves a trace.
func TestWhoMayStillChangeMinutes(t *testing.T) {
	now := time.Date(2026, 10, 20, 9, 0, 0, 0, calendar.Shanghai)
	const later, over = "2026-10-25", "2026-10-19"
	yes, no := Answer{OrganisationID: "a", OK: true}, Answer{OrganisationID: "b", Text: "不对"}
	agreed := Answer{OrganisationID: "b", OK: true}
	for name, x := range map[string]struct {
		state             State
		due               string
		answers           []Answer
		write, back, more string // the fault of each step; empty: it is taken
	}{
		"not held":                         {Called, "", nil, "assembly.wrong.state", "assembly.wrong.state", "assembly.wrong.state"},
		"being written":                    {Held, "", nil, "", "assembly.wrong.state", ""},
		"out, nobody answered":             {Asked, later, nil, "assembly.wrong.out", "", ""},
		"out, one answered":                {Asked, later, []Answer{yes}, "assembly.wrong.out", "", ""},
		"out, one objects":                 {Asked, later, []Answer{no}, "assembly.wrong.out", "", ""},
		"everybody answered, one objects":  {Asked, later, []Answer{yes, no}, "assembly.wrong.out", "", ""},
		"the day is over, one objects":     {Asked, over, []Answer{no}, "assembly.wrong.out", "", ""},
		"confirmed by everybody":           {Asked, later, []Answer{yes, agreed}, "assembly.wrong.out", "assembly.wrong.confirmed", "assembly.wrong.confirmed"},
		"the day is over, one agreed":      {Asked, over, []Answer{yes}, "assembly.wrong.out", "assembly.wrong.confirmed", "assembly.wrong.confirmed"},
		"the day is over, nobody answered": {Asked, over, nil, "assembly.wrong.out", "assembly.wrong.confirmed", "assembly.wrong.confirmed"},
		"published, one objected":          {Published, over, []Answer{no}, "assembly.wrong.final", "assembly.wrong.final", "assembly.wrong.state"},
		"cancelled":                        {Cancelled, "", nil, "assembly.wrong.state", "assembly.wrong.state", "assembly.wrong.state"},
	} {
		for step, try := range map[string]struct {
			want string
			do   func(*Meeting) error
		}{
			"write":     {x.write, func(m *Meeting) error { return m.write(map[string]Words{"t": {"别的", "别的"}}) }},
			"take back": {x.back, func(m *Meeting) error { return m.takeBack("写漏了", now) }},
			"ask":       {x.more, func(m *Meeting) error { return m.ask("2026-10-28", now) }},
		} {
			m := Meeting{
				State: x.state, Due: x.due, Answers: slices.Clone(x.answers), Topics: []Topic{{ID: "t", On: true, Said: "说了", Decision: "定了"}},
				Rows: []Attendance{{OrganisationID: "a"}, {OrganisationID: "b"}},
			}
			if x.state == Asked {
				m.Minutes = m.Hash()
			}
			before := hashOf(m)
			err := try.do(&m)
			if wordsOf(err) != try.want {
				t.Errorf("%s: %s: %v, want %q", name, step, err, try.want)
			}
			if try.want != "" && (hashOf(m) != before || !fault.Is(err, fault.Conflict)) {
				t.Errorf("%s: %s is refused and changes something: %+v %v", name, step, m, err)
			}
		}
	}
}

func TestMinutesThatWereTakenBack(t *testing.T) {
	b, ctx := opened(t), t.Context()
	m := b.asked()
	b.tells()
	old := m
	m = must(b, func() (Meeting, error) { return b.Answer(ctx, owner, b.one.ID, m.ID, m.Minutes, true, "") })
	_, err := b.TakeBack(ctx, liaison, m.ID, m.Rev, " ")
	if wordsOf(err) != "reason error.text.empty" {
		t.Errorf("without a reason: %v", err)
	}
	_, err = b.TakeBack(ctx, liaison, m.ID, m.Rev, strings.Repeat("长", MaxReason+1))
	b.refused("a reason that does not end", err, fault.Invalid)
	_, err = b.TakeBack(ctx, liaison, m.ID, old.Rev, "写漏了")
	b.refused("by somebody who has not seen the answer", err, fault.Conflict)
	for who, by := range map[string]access.Actor{"coordinator": coordinator, "admin": admin, "member": owner} {
		_, err = b.TakeBack(ctx, by, m.ID, m.Rev, "写漏了")
		b.refused("by the "+who, err, fault.NotFound)
	}
	// Somebody who had the form open while they went out reads why, although the page is older, too.
	_, err = b.Write(ctx, liaison, m.ID, old.Rev-1, map[string]Words{m.Topics[0].ID: {"太远", "每天清三次"}})
	if wordsOf(err) != "assembly.wrong.out" {
		t.Errorf("written from an older page: %v", err)
	}
	if now := must(b, func() (Meeting, error) { return b.Meeting(ctx, liaison, m.ID) }); now.Rev != m.Rev || len(now.Answers) != 1 {
		t.Errorf("what was refused changed it: %+v", now)
	}

	m = must(b, func() (Meeting, error) { return b.TakeBack(ctx, liaison, m.ID, m.Rev, "写漏了一句") })
	if m.State != Held || len(m.Answers) != 0 || m.Due != "" || m.Minutes != "" {
		t.Errorf("taken back: %+v", m)
	}
	if m.Fact.Why != "写漏了一句" {
		t.Errorf("the trail says %q", m.Fact.Why)
	}
	if seen := must(b, func() (Meeting, error) { return b.MemberMeeting(ctx, owner, b.one.ID, m.ID) }); seen.Back != "写漏了一句" || seen.Topics[0].Said != "" {
		t.Errorf("a member reads %+v", seen)
	}
	if got := b.tells(); !slices.Equal(got, []string{"back: 写漏了一句 dian", "back: 写漏了一句 lin"}) {
		t.Errorf("told %v", got)
	}
	if got := b.tells(); len(got) != 0 {
		t.Errorf("told twice: %v", got)
	}

	// The same words for the same day are asked once more all the same.
	first := "assembly." + m.ID + ".ask." + old.Minutes[:16] + "." + old.Due + "." + b.one.ID + ".dian"
	m = must(b, func() (Meeting, error) { return b.Ask(ctx, liaison, m.ID, m.Rev, old.Due) })
	if got := b.tells(); !slices.Equal(got, []string{"minutes dian", "minutes lin"}) || m.Back != "" {
		t.Errorf("asked again: %v %q", got, m.Back)
	}
	if m.Minutes != old.Minutes || b.letters[0].key == first {
		t.Errorf("a letter that engines take for the first one: %v", b.letters)
	}
}
