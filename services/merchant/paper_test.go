package merchant_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/merchant"
)

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRemindersComeOnceEach(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	until := day(t, "2027-03-01")
	p, err := b.AddPaper(t.Context(), who["owner"], m.ID, merchant.PaperForm{ListingID: "s1", Kind: "food", Until: until.String()})
	want(t, err, "")
	steps := []string{}
	for d := until - 70; d <= until+3; d++ {
		due, err := b.Due(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range due {
			steps = append(steps, fmt.Sprint(r.Step, " on ", r.Days))
		}
		n, err := b.Remind(t.Context(), d)
		if err != nil || n != len(due) {
			t.Fatalf("reminded %d, %v", n, err)
		}
	}
	if got := strings.Join(steps, ", "); got != "60 on 60, 30 on 30, 7 on 7" {
		t.Errorf("reminded %s", got)
	}
	if got := b.mail.kinds(); got != strings.TrimSpace(strings.Repeat("paper_due→o paper_due→manager ", 3)) {
		t.Errorf("sent %s", got)
	}
	p, err = b.ChangePaper(t.Context(), who["manager"], p.ID, 0, merchant.PaperForm{ListingID: "s1", Kind: "food", Until: (until + 365).String()})
	want(t, err, "")
	if due, err := b.Due(t.Context(), until+365-5); err != nil || len(due) != 1 || due[0].Step != 7 || p.Reminded != 0 {
		t.Errorf("renewed: %+v, %v", due, err)
	}
}

// A server that was off for a month reminds once, of what is nearest.
func TestRemindersThatWereMissed(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	until := day(t, "2027-03-01")
	_, err := b.AddPaper(t.Context(), who["owner"], m.ID, merchant.PaperForm{Kind: "lease", Until: until.String()})
	want(t, err, "")
	b.mail.set(true)
	if n, err := b.Remind(t.Context(), until-20); err == nil || n != 0 {
		t.Errorf("reminded by a mail that is down: %d", n)
	}
	b.mail.set(false)
	for range 2 {
		if _, err := b.Remind(t.Context(), until-20); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.mail.kinds(); got != "paper_due→o paper_due→manager" {
		t.Errorf("sent %s", got)
	}
	if due, _ := b.Due(t.Context(), until); len(due) != 1 || due[0].Days != 0 {
		t.Errorf("on its last day: %+v", due)
	}
	if due, _ := b.Due(t.Context(), until+1); len(due) != 0 {
		t.Errorf("after its end: %+v", due)
	}
}

func TestWhoMaySeePapers(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	b.join(t, who["owner"], m.ID, "manager2", access.Manager, "s2")
	who["manager2"] = b.person(t, "manager2")
	f := merchant.PaperForm{ListingID: "s1", Kind: "fire", Until: "2027-03-01", PaperPrivate: merchant.PaperPrivate{Number: "12345"}}
	p, err := b.AddPaper(t.Context(), who["manager"], m.ID, f)
	want(t, err, "")
	for name, by := range who {
		expected := hiddenThing
		switch name {
		case "owner", "manager":
			expected = ""
		case "nobody":
			expected = signIn
		}
		list, err := b.Papers(t.Context(), by, m.ID)
		if name == "manager2" {
			if err != nil || len(list) != 0 {
				t.Errorf("%s sees %v, %v", name, list, err)
			}
		} else if answer(err) != expected || err == nil && (len(list) != 1 || list[0].Number != "12345") {
			t.Errorf("%s lists: %v, %v", name, list, err)
		}
		if _, err := b.ChangePaper(t.Context(), by, p.ID, 0, f); answer(err) != expected {
			t.Errorf("%s changes: %v", name, err)
		}
		if expected != "" {
			if _, err := b.AddPaper(t.Context(), by, m.ID, f); answer(err) != expected {
				t.Errorf("%s adds: %v", name, err)
			}
			if err := b.DropPaper(t.Context(), by, p.ID); answer(err) != expected {
				t.Errorf("%s drops: %v", name, err)
			}
		}
	}
	// Nor does a limited manager move a paper to a shop out of reach.
	own := f
	own.ListingID = "s2"
	q, err := b.AddPaper(t.Context(), who["manager2"], m.ID, own)
	want(t, err, "")
	_, err = b.ChangePaper(t.Context(), who["manager2"], q.ID, 0, f)
	want(t, err, hiddenThing)
	want(t, b.DropPaper(t.Context(), who["owner"], p.ID), "")
	list, err := b.Papers(t.Context(), who["owner"], m.ID)
	if err != nil || slices.ContainsFunc(list, func(x merchant.Listed) bool { return x.ID == p.ID }) {
		t.Errorf("dropped: %v, %v", list, err)
	}
	want(t, b.DropPaper(t.Context(), who["owner"], "none"), hiddenThing)
}

func TestPapersThatCannotBe(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	_, err := b.AddPaper(t.Context(), who["owner"], m.ID, merchant.PaperForm{Kind: "party", Until: "2027-02-30", PaperPrivate: merchant.PaperPrivate{Number: "a\x00"}})
	want(t, err, "invalid number:error.text.control kind:error.choice until:error.date")
	_, err = b.AddPaper(t.Context(), who["owner"], m.ID, merchant.PaperForm{ListingID: "s3", Kind: "food", Until: "2027-02-28"})
	want(t, err, "invalid listing_id:error.member.shop")
}
