package web

import (
	"net/http"
	"strconv"
	"sync"
	"testing"

	"shangquan/server/web/ui"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// TestEverybodyAtOnce: everybody asks for every page and sends every form, all at the same moment, while a shop changes its hours, the
// district is read anew and a visitor reports something: pages are made, kept and dropped under each other's hands. No answer is a
// failure of ours; what two of them write into at once is for the race detector to find, so this has to run under it.
func TestEverybodyAtOnce(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.newcome(t)
	more := x.everything(t)
	x.app.Handler() // app.Test prepares the routes without a lock
	var readers sync.WaitGroup
	for i, who := range asked {
		b := x.as(t, who)
		paths := append([]string{}, more...)
		for _, r := range x.Routes() {
			if r.Method == http.MethodGet {
				paths = append(paths, x.object(t, &r, who, false, nil))
			}
		}
		tag := lang.Tags[i%len(lang.Tags)]
		readers.Go(func() {
			for _, path := range paths {
				if a := b.get(ui.Href(tag, path)); a.status >= 500 {
					t.Errorf("%s: GET %s = %d", who, path, a.status)
				}
			}
		})
	}
	readers.Go(x.everyForm(t))

	over := make(chan struct{})
	go func() { readers.Wait(); close(over) }()
	owner, visitor := x.as(t, demo.Owner), x.as(t, "")
	shop := x.shopOfOwner(t)
	for n := 0; ; n++ {
		select {
		case <-over:
			if n == 0 {
				t.Error("nothing was written meanwhile")
			}
			return
		default:
		}
		open := strconv.Itoa(480 + n%60)
		owner.saved(shop.ID, "hours", hoursForm("same", map[string][]string{"all": {open, "1260"}}))
		visitor.done("/shops/"+shop.Slug+"/report", map[string][]string{"reason": {"hours"}, "note": {open}})
		if err := x.directory.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// everyForm returns what sends one form after the other, each by everybody at the same moment.
func (x *town) everyForm(t *testing.T) func() {
	type sending struct {
		who, path string
		b         *browser
	}
	browsers := make([]*browser, len(asked))
	for i, who := range asked {
		browsers[i] = x.as(t, who)
	}
	var forms [][]sending
	for _, r := range x.Routes() {
		if r.Method != http.MethodPost || ends(r.Path) {
			continue
		}
		var form []sending
		for i, who := range asked {
			form = append(form, sending{who, x.object(t, &r, who, false, nil), browsers[i]})
		}
		forms = append(forms, form)
	}
	return func() {
		for _, form := range forms {
			var senders sync.WaitGroup
			for _, s := range form {
				senders.Go(func() {
					if a := s.b.post(s.path, everyField()); a.status >= 500 {
						t.Errorf("%s: POST %s = %d", s.who, s.path, a.status)
					}
				})
			}
			senders.Wait()
		}
	}
}
