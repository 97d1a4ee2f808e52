package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/twin"
)

// twinRoutes are the pairs of listings that may be one shop, and what becomes of them.
func (s *Site) twinRoutes() []Route {
	const pair, none = "/desk/duplicates/:a/:b", "/desk/duplicates/none/no"
	return []Route{
		{Method: http.MethodGet, Path: "/desk/duplicates", Handle: s.twinsPage, Kind: Private, Needs: access.RegisterTable},
		{Method: http.MethodGet, Path: pair, Handle: s.twinPage, Kind: Private, Needs: access.RegisterTable, Probe: none},
		{Method: http.MethodPost, Path: pair, Handle: s.twinSent, Kind: Private, Rate: Write, Needs: access.RegisterMerge, Probe: none},
		{Method: http.MethodPost, Path: "/desk/merges/:id/undo", Handle: s.mergeUndone, Kind: Private, Rate: Write, Needs: access.RegisterMerge, Probe: "/desk/merges/none/undo"},
	}
}

// twinsShown is how many pairs the page lists.
const twinsShown = 100

// twinsPage: GET /desk/duplicates (level): pairs nobody has decided about, and the merges that can still be taken back.
func (s *Site) twinsPage(c *fiber.Ctx) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	pairs, err := s.services.Twins.Pairs(ctx, by)
	if err != nil {
		return err
	}
	level := twin.Level(c.Query("level"))
	if !slices.Contains(twin.Levels, level) {
		level = ""
	}
	v := casePage{Up: toDesk(c, p), Title: p.say("twin.title"), Lead: p.say("twin.lead")}
	if w := saidHere(c, "apart", "proposed", "unmerged", "unmerged_part"); w != "" {
		v.ok(p.say("twin.done." + w))
	}
	counts := map[twin.Level]int{}
	for i := range pairs {
		counts[pairs[i].Level]++
	}
	v.Chips = []ui.Chip{{Label: p.say("twin.all", "N", len(pairs)), Href: at(c, "/desk/duplicates"), On: level == ""}}
	for _, l := range twin.Levels {
		v.Chips = append(v.Chips, ui.Chip{Label: p.say("twin.level."+string(l)) + " " + strconv.Itoa(counts[l]), Href: at(c, "/desk/duplicates") + "?level=" + string(l), On: l == level})
	}
	list := ui.Records{Empty: p.say("twin.none")}
	for i := range pairs {
		x := &pairs[i]
		if level != "" && x.Level != level || len(list.Items) == twinsShown {
			continue
		}
		list.Items = append(list.Items, ui.Record{
			Title: p.say("twin.pair", "A", p.name(x.A.Name.Text), "B", p.name(x.B.Name.Text)), Href: pairPath(c, x.A.ID, x.B.ID),
			Lines: []string{reasonWords(p, x.Reasons), twinLines(x.A), twinLines(x.B)}, Tag: p.say("twin.level." + string(x.Level)), State: levelLook[x.Level],
		})
	}
	v.add(section{Title: p.say("twin.list"), Records: &list})
	if err := s.merges(c, p, &v); err != nil {
		return err
	}
	return s.showCase(c, p, &v, nil, nil)
}

var levelLook = map[twin.Level]ui.TaskState{twin.High: ui.TaskBad, twin.Medium: ui.TaskWait, twin.Low: ui.TaskDone}

func twinLines(l *listing.Listing) string { return l.Code + " " + l.Address.Line }

func pairPath(c *fiber.Ctx, a, b string) string { return at(c, "/desk/duplicates/"+a+"/"+b) }

// merges adds the merges that can still be taken back.
func (s *Site) merges(c *fiber.Ctx, p *speaker, v *casePage) error {
	list, err := s.services.Twins.Merges(c.UserContext(), Of(c).Actor)
	if err != nil || len(list) == 0 {
		return err
	}
	forms := []*ui.Form{}
	for _, l := range list {
		into, err := s.services.Listings.Get(c.UserContext(), l.Merged.Into)
		if err != nil {
			return err
		}
		text := p.say("twin.merged", "Gone", p.name(l.Name.Text), "Keep", p.name(into.Name.Text), "When", dayOf(p, l.Merged.At), "Until", dayOf(p, l.Merged.At.Add(listing.UnmergeFor)))
		forms = append(forms, &ui.Form{
			Action: at(c, "/desk/merges/"+l.ID+"/undo"), CSRF: s.token(Of(c)), Parts: []ui.FormPart{{Text: text}},
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("twin.undo"), Kind: "alt s", Of: p.name(l.Name.Text)}}},
		})
	}
	v.add(section{Title: p.say("twin.merges"), Forms: forms})
	return nil
}

// twinPage: GET /desk/duplicates/:a/:b: two listings beside each other.
func (s *Site) twinPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.twinCase(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) twinCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	x, decided, err := s.services.Twins.Pair(ctx, by, c.Params("a"), c.Params("b"))
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("twin.title"), Href: at(c, "/desk/duplicates")}, Title: p.say("twin.ask")}
	if len(x.Reasons) > 0 {
		v.Lead = p.say("twin.because", "Reasons", reasonWords(p, x.Reasons))
	}
	a, b := p.name(x.A.Name.Text), p.name(x.B.Name.Text)
	compare := &ui.Compare{OldTitle: twinTitle(p, x.A), NewTitle: twinTitle(p, x.B), Fields: s.compared(c, p, onPage(listing.Diff(*x.A, *x.B)))}
	for i := range compare.Fields {
		compare.Fields[i].Beside = true
	}
	v.add(section{Title: p.say("twin.beside"), Compare: compare, Links: []ui.Link{
		{Label: a, Href: at(c, "/desk/shops/"+x.A.ID)}, {Label: b, Href: at(c, "/desk/shops/"+x.B.ID)},
	}})
	if decided != nil {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "ok", Icon: "check", Lead: p.say("twin.decided", "Name", decided.By, "When", dayOf(p, decided.At)), Text: decided.Why})
		v.add(section{Forms: []*ui.Form{{Action: pairPath(c, x.A.ID, x.B.ID), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("twin.again"), Name: "do", Value: "again", Kind: "alt"}}}}}})
		return v, nil, nil
	}
	for _, l := range []*listing.Listing{x.A, x.B} {
		if open, err := s.services.Signs.Open(ctx, by, twin.MergeKind, l.ID); err == nil {
			v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("twin.waits"), Link: &ui.Link{Label: p.say("countersign.look"), Href: at(c, "/desk/signatures/"+open.ID)}})
			return v, nil, nil
		} else if !fault.Is(err, fault.NotFound) {
			return nil, nil, err
		}
	}
	form := s.twinForm(c, p, x, f)
	v.add(section{Title: p.say("desk.decide"), Forms: []*ui.Form{form}})
	return v, form, nil
}

func twinTitle(p *speaker, l *listing.Listing) string {
	return p.say("twin.title_of", "Shop", p.name(l.Name.Text), "State", p.say("my.state."+string(l.State)))
}

func (s *Site) twinForm(c *fiber.Ctx, p *speaker, x twin.Pair, f *form) *ui.Form {
	keep := ""
	if f != nil {
		keep = f.Get("keep")
	} else if listing.CanMerge(x.A, x.B) == nil {
		keep = older(x.A, x.B).ID
	}
	pick := func(l *listing.Listing) ui.Pick {
		return ui.Pick{Value: l.ID, Label: p.name(l.Name.Text), Hint: twinLines(l), Checked: keep == l.ID}
	}
	why := input(f, "why", p.say("twin.why"), func(y *ui.Field) { y.Type, y.Rows, y.Max, y.Optional = "textarea", 2, 300, true })
	form := &ui.Form{
		Action: pairPath(c, x.A.ID, x.B.ID), CSRF: s.token(Of(c)), Hidden: hidden("rev_a", revision(x.A.Rev), "rev_b", revision(x.B.Rev)),
		Parts: []ui.FormPart{
			{Choice: &ui.Choice{ID: "keep", Name: "keep", Legend: p.say("twin.keep"), Hint: p.say("twin.keep_hint"), Options: []ui.Pick{pick(x.A), pick(x.B)}}},
			why,
		},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("twin.propose"), Name: "do", Value: "merge"}, {Label: p.say("twin.apart"), Name: "do", Value: "apart", Kind: "alt"}}},
	}
	return form
}

// older is the page that is kept unless somebody chooses: the one with an owner, else the one there was first.
func older(a, b *listing.Listing) *listing.Listing {
	switch {
	case a.MerchantID != "" && b.MerchantID == "":
		return a
	case b.MerchantID != "" && a.MerchantID == "":
		return b
	case listing.CanMerge(a, b) != nil || b.CreatedAt.Before(a.CreatedAt):
		return b
	}
	return a
}

// twinSent: POST /desk/duplicates/:a/:b (keep, why, rev_a, rev_b, do).
func (s *Site) twinSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, a, b := c.UserContext(), Of(c).Actor, c.Params("a"), c.Params("b")
	word := "apart"
	switch f.Get("do") {
	case "merge":
		word = "proposed"
		err = s.proposeMerge(c, f)
	case "again":
		if err = s.services.Twins.Again(ctx, by, a, b); err == nil {
			return see(c, "/desk/duplicates/"+a+"/"+b)
		}
	default:
		err = s.services.Twins.Different(ctx, by, a, b, f.Get("why"))
	}
	if err == nil {
		return see(c, "/desk/duplicates?done="+word)
	}
	p := s.speaker(c)
	v, form, caseErr := s.twinCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	if form == nil {
		return err
	}
	if staleKey(err) {
		v.warn(p.say("desk.changed"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, form, err)
}

// staleKey reports whether err says that somebody else wrote first.
func staleKey(err error) bool { return faultKey(err) == "error.stale" }

func faultKey(err error) string {
	if f, ok := err.(*fault.Error); ok { //nolint:errorlint // services return the fault itself
		return f.Key
	}
	return ""
}

func (s *Site) proposeMerge(c *fiber.Ctx, f *form) error {
	a, b := c.Params("a"), c.Params("b")
	if a > b {
		a, b = b, a // as the page had them, whose revisions the form has
	}
	revA, errA := strconv.ParseInt(f.Get("rev_a"), 10, 64)
	revB, errB := strconv.ParseInt(f.Get("rev_b"), 10, 64)
	if errA != nil || errB != nil {
		return fault.New(fault.Invalid, "error.form.rev", nil)
	}
	o := twin.Order{Keep: a, KeepRev: revA, Gone: b, GoneRev: revB}
	switch f.Get("keep") {
	case a:
	case b:
		o = twin.Order{Keep: b, KeepRev: revB, Gone: a, GoneRev: revA}
	default:
		return fault.Wrong("keep", "error.choice", nil)
	}
	_, err := s.services.Twins.Propose(c.UserContext(), Of(c).Actor, o, f.Get("why"))
	return err
}

// mergeUndone: POST /desk/merges/:id/undo.
func (s *Site) mergeUndone(c *fiber.Ctx) error {
	kept, err := s.services.Twins.Undo(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	word := "unmerged"
	if len(kept) > 0 {
		word = "unmerged_part"
	}
	return see(c, "/desk/duplicates?done="+word)
}

// mergeSigned shows what a proposed merge would do.
func (s *Site) mergeSigned(c *fiber.Ctx, p *speaker, x *countersign.Proposal) ([]section, error) {
	var o twin.Order
	if err := x.Read(&o); err != nil {
		return nil, err
	}
	keep, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, o.Keep)
	if err != nil {
		return nil, err
	}
	gone, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, o.Gone)
	if err != nil {
		return nil, err
	}
	out := section{Title: p.say("twin.becomes"), Text: p.say("twin.becomes_text", "Gone", p.name(gone.Name.Text), "Keep", p.name(keep.Name.Text))}
	if x.StateAt(p.now) == countersign.Waiting {
		if keep.Rev != o.KeepRev || gone.Rev != o.GoneRev {
			out.Callouts = []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("twin.moved_on")}}
		}
		out.Compare = &ui.Compare{OldTitle: p.say("desk.before"), NewTitle: p.say("desk.after"), Fields: s.compared(c, p, onPage(listing.Diff(keep, listing.Union(keep, gone))))}
		if len(gone.Heritage()) > 0 && len(keep.Heritage()) == 0 {
			out.Callouts = append(out.Callouts, ui.Callout{Icon: "info", Lead: p.say("twin.mark_comes")})
		}
		out.Links = []ui.Link{{Label: p.say("twin.beside"), Href: pairPath(c, keep.ID, gone.ID)}}
	}
	return []section{out}, nil
}
