package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/post"
	"shangquan/services/store"
	"shangquan/services/vocabulary"
)

// deskRoutes are the coordinators' desk: what waits for them, and one page for each sort of case.
func (s *Site) deskRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	read := func(path string, h fiber.Handler, needs access.Action, probe string) Route {
		return Route{Method: get, Path: path, Handle: h, Kind: Private, Needs: needs, Probe: probe}
	}
	send := func(path string, h fiber.Handler, needs access.Action, probe string) Route {
		return Route{Method: post, Path: path, Handle: h, Kind: Private, Rate: Write, Needs: needs, Probe: probe}
	}
	return []Route{
		read("/desk", s.deskPage, access.ReviewRead, ""),
		read("/desk/changes/:id", s.changePage, access.ReviewRead, "/desk/changes/none"),
		send("/desk/changes/:id", s.changeSent, access.ReviewDecide, "/desk/changes/none"),
		read("/desk/looks/:id", s.lookPage, access.ReviewRead, "/desk/looks/none"),
		send("/desk/looks/:id", s.lookSent, access.ReviewDecide, "/desk/looks/none"),
		read("/desk/photos/:id", s.photosLookPage, access.ReviewRead, "/desk/photos/none"),
		send("/desk/photos/:id", s.photosLookSent, access.ReviewDecide, "/desk/photos/none"),
		read("/desk/posts/:id", s.postLookPage, access.ReviewRead, "/desk/posts/none"),
		send("/desk/posts/:id", s.postLookSent, access.ReviewDecide, "/desk/posts/none"),
		read("/desk/shops/:id", s.submittedPage, access.ReviewRead, "/desk/shops/none"),
		send("/desk/shops/:id", s.submittedSent, access.ReviewDecide, "/desk/shops/none"),
		read("/desk/claims/:id", s.claimCasePage, access.ClaimDecide, "/desk/claims/none"),
		send("/desk/claims/:id", s.claimCaseSent, access.ClaimDecide, "/desk/claims/none"),
		read("/desk/claims/:id/agree", s.toClaimCase, access.ClaimDecide, "/desk/claims/none/agree"),
		send("/desk/claims/:id/agree", s.claimAgreed, access.MerchantDecide, "/desk/claims/none/agree"),
		read("/desk/claims/:id/evidence/:n", s.evidence, access.ClaimDecide, "/desk/claims/none/evidence/1"),
		read("/desk/reports/:number", s.reportCasePage, access.ReportAnswer, "/desk/reports/none"),
		send("/desk/reports/:number", s.reportCaseSent, access.ReportAnswer, "/desk/reports/none"),
		read("/desk/grants", s.grantsPage, access.MerchantGrant, ""),
		read("/desk/grants/:id", s.grantPage, access.MerchantGrant, "/desk/grants/none"),
		send("/desk/grants/:id", s.grantSent, access.MerchantGrant, "/desk/grants/none"),
	}
}

// queueLength is how many cases of each kind the queue shows: the oldest.
const queueLength = 100

// deskKinds are the kinds of cases, in the order of their filters.
var deskKinds = []string{"claim", "change", "shop", "report", "look", "photo", "post"}

// waiting is a case in the queue.
type waiting struct {
	kind, id, listingID string
	title               lang.Text
	what                string
	since               time.Time
}

// deskPage: GET /desk (kind): everything that waits, the oldest first.
func (s *Site) deskPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	all, full, err := s.queue(c.UserContext(), p, Of(c).Actor)
	if err != nil {
		return err
	}
	kind := c.Query("kind")
	if !slices.Contains(deskKinds, kind) {
		kind = ""
	}
	v := casePage{Title: p.say("desk.title"), Links: []ui.Link{
		{Label: p.say("desk.grants"), Href: at(c, "/desk/grants")}, {Label: p.say("imports.title"), Href: at(c, "/desk/import")}, {Label: p.say("exports.title"), Href: at(c, "/desk/export")},
	}}
	if w := saidHere(c, "approved", "returned", "published", "looked", "answered", "hidden"); w != "" {
		v.ok(p.say("desk.done." + w))
	}
	warnings, err := s.warnings(c.UserContext(), p, Of(c).Actor)
	if err != nil {
		return err
	}
	v.Callouts = append(v.Callouts, warnings...)
	v.Chips = []ui.Chip{{Label: p.say("desk.all", "N", len(all)), Href: at(c, "/desk"), On: kind == ""}}
	counts := map[string]int{}
	for _, w := range all {
		counts[w.kind]++
	}
	for _, k := range deskKinds {
		if counts[k] > 0 || k == kind {
			v.Chips = append(v.Chips, ui.Chip{Label: p.say("desk.kind."+k) + " " + p.say("desk.number", "N", counts[k]), Href: at(c, "/desk") + "?kind=" + k, On: k == kind})
		}
	}
	list := ui.Records{Empty: p.say("desk.none")}
	for _, w := range all {
		if kind != "" && w.kind != kind {
			continue
		}
		list.Items = append(list.Items, deskRecord(c, p, w))
	}
	x := section{Records: &list}
	if full {
		x.Text = p.say("desk.full", "N", queueLength)
	}
	v.add(x)
	return s.showCase(c, p, &v, nil, nil)
}

func deskRecord(c *fiber.Ctx, p *speaker, w waiting) ui.Record {
	age, state := waited(p, w.since)
	name, in := w.title.In(p.Lang)
	href := at(c, "/desk/"+w.kind+"s/"+w.id)
	lines := []string{p.say("desk.kind." + w.kind)}
	if w.what != "" {
		lines = append(lines, w.what)
	}
	return ui.Record{
		Title: name, Lang: in, Href: href, Tag: age, State: state, Lines: lines,
		Buttons: []ui.Button{{Label: p.say("desk.next." + w.kind), Href: href, Kind: "alt s"}},
	}
}

// waited says how long something has waited, and how urgent that is: two days are too long.
func waited(p *speaker, since time.Time) (string, ui.TaskState) {
	d := max(p.now.Sub(since), 0)
	switch {
	case d < time.Hour:
		return p.count("desk.age.minutes", max(int(d.Minutes()), 1)), ui.TaskWait
	case d < 48*time.Hour:
		return p.count("desk.age.hours", int(d.Hours())), ui.TaskWait
	}
	return p.count("desk.age.days", int(d.Hours())/24), ui.TaskBad
}

// queue returns everything that waits, the oldest first. full says that there is more of some kind.
func (s *Site) queue(ctx context.Context, p *speaker, by access.Actor) (out []waiting, full bool, err error) {
	claims, err := s.services.Merchants.OpenClaims(ctx, by, "", queueLength)
	if err != nil {
		return nil, false, err
	}
	full = claims.Next != ""
	for _, x := range claims.Items {
		out = append(out, waiting{kind: "claim", id: x.ID, listingID: x.ListingID, what: p.say("desk.claim_state." + string(x.State)), since: x.CreatedAt})
	}
	reports, err := s.services.Reports.Queue(ctx, by, "", queueLength)
	if err != nil {
		return nil, false, err
	}
	full = full || reports.Next != ""
	for _, x := range reports.Items {
		what := s.reasonWord(p, vocabulary.ReportReasons, string(x.Reason))
		if x.Count > 1 {
			what = p.count("desk.voices", x.Count, "What", what)
		}
		out = append(out, waiting{kind: "report", id: x.ID, listingID: x.ListingID, what: what, since: x.SentAt})
	}
	seen := map[string]bool{}
	for _, list := range []struct {
		kind string
		page func(context.Context, access.Actor, string, int) (store.Page[listing.Listing], error)
	}{
		{"change", s.services.Listings.Waiting},
		{"shop", s.services.Listings.Submitted},
		{"look", s.services.Listings.NeedingLook},
		{"look", s.services.Listings.ChangedLive},
		{"photo", s.services.Listings.PhotosToLook},
	} {
		page, err := list.page(ctx, by, "", queueLength)
		if err != nil {
			return nil, false, err
		}
		full = full || page.Next != ""
		for i := range page.Items {
			l := &page.Items[i]
			if seen[list.kind+l.ID] {
				continue
			}
			seen[list.kind+l.ID] = true
			out = append(out, waitingListing(p, list.kind, l))
		}
	}
	posts, err := s.services.Posts.ToLook(ctx, by, "", queueLength)
	if err != nil {
		return nil, false, err
	}
	full = full || posts.Next != ""
	names := map[string]lang.Text{}
	if slices.ContainsFunc(posts.Items, func(x post.Post) bool { return x.OrganisationID != "" }) {
		if names, err = s.services.Assembly.ListedNames(ctx); err != nil {
			return nil, false, err
		}
	}
	for _, x := range posts.Items {
		w := waiting{kind: "post", id: x.ID, listingID: x.ListingID, title: names[x.OrganisationID], what: p.name(x.Title), since: x.LookSince}
		if w.title.IsZero() && w.listingID == "" { // nobody's name stands beside it
			w.title, w.what = x.Title, ""
		}
		out = append(out, w)
	}
	for i := range out {
		if out[i].listingID == "" {
			continue
		}
		if l, err := s.services.Listings.Open(ctx, by, out[i].listingID); err == nil {
			out[i].title = l.Name.Text
		}
	}
	slices.SortStableFunc(out, func(a, b waiting) int { return cmp.Compare(a.since.UnixNano(), b.since.UnixNano()) })
	return out, full, nil
}

func waitingListing(p *speaker, kind string, l *listing.Listing) waiting {
	w := waiting{kind: kind, id: l.ID, title: l.Name.Text, since: l.UpdatedAt}
	switch {
	case kind == "change" && l.Proposal != nil:
		w.since = l.WaitsSince
		w.what = changedFields(p, l.Proposal.Paths)
	case kind == "shop":
		w.what = l.Address.Line
	case kind == "photo":
		w.since = l.Looks.Since
		w.what = p.count("desk.photos_new", len(l.Looks.Photos))
	case l.Watch.NeedsLook:
		w.what = p.say("desk.watch." + l.Watch.Why)
	default:
		w.what = changedFields(p, l.Watch.Changed)
	}
	return w
}
