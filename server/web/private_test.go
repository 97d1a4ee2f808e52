package web

import (
	"strings"
	"testing"

	"shangquan/services/demo"
)

// TestHeaderOfAnArea: every page of an area can be reached from its header; what has no room in a line lies under 其他页面, which says when
// the page at hand is one of those.
func TestHeaderOfAnArea(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	for _, y := range []struct {
		who, path      string
		folds, current bool
	}{
		{demo.Owner, "/my", false, false},
		{demo.Coordinator, "/desk", true, false},
		{demo.Coordinator, "/desk/holidays", true, true},
		{demo.Liaison, "/liaison/programme", true, true},
		{demo.Auditor, "/admin/audit", false, false},
		{demo.Admin, "/admin/accounts", true, false},
	} {
		header, _, _ := strings.Cut(x.as(t, y.who).get(y.path).body, "</header>")
		wide, phone, _ := strings.Cut(header, `class="menu `)
		at, folded, folds := strings.Cut(wide, `<details class="more"`)
		if folds != y.folds || strings.Contains(folded, `<summary aria-current="true">`) != y.current || strings.Contains(phone, "<details") {
			t.Errorf("%s as %s: folded %v", y.path, y.who, folds)
		}
		if folds && strings.Count(at, "<a ") > line {
			t.Errorf("%s as %s: the line has no room for\n%s", y.path, y.who, at)
		}
		for _, a := range []area{portal, atDesk, station, audits, office} {
			if !strings.HasPrefix(y.path+"/", a.home+"/") || y.who == demo.Auditor && a.home == office.home {
				continue // the trail lies under the administrator's pages
			}
			for _, d := range a.doors {
				if link := `href="` + d.path + `"`; !strings.Contains(wide, link) || !strings.Contains(phone, link) {
					t.Errorf("%s as %s does not lead to %s", y.path, y.who, d.path)
				}
			}
		}
	}
}

// TestPagesBehindADoor: the entry of the header that leads to where a page belongs is marked, and leads to a page that is there.
func TestPagesBehindADoor(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	desk := x.as(t, demo.Coordinator)
	for page, door := range behind {
		if page == "/desk/walked" {
			continue // a program's address: what was walked is sent there
		}
		a := desk.get(page)
		if !strings.Contains(a.body, `href="`+door+`" aria-current="page"`) {
			t.Errorf("%s (%d) does not mark %s", page, a.status, door)
		}
	}
}
