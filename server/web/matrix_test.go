package web

import (
	"flag"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/api"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/apikey"
	"shangquan/services/demo"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/merchant"
	"shangquan/services/store"
)

var writeMatrix = flag.Bool("matrix", false, "write testdata/permissions.txt anew, to be read before it is committed")

// matrixFile says for every route, every role and an own and a foreign object what happens at the door.
const matrixFile = "testdata/permissions.txt"

// newcomer is somebody with an account and nothing else, as a registration by claim makes it first: no merchant, no shop, no role.
const newcomer = "signed"

// asked are the people of the matrix, in the order of its columns.
var asked = []string{"", newcomer, demo.Staff, demo.Manager, demo.Owner, demo.Rival, demo.Plaza, demo.Coordinator, demo.Liaison, demo.Auditor, demo.Admin}

// What happens at the door.
const (
	in      = "yes"
	unseen  = "-"      // 404, as for what does not exist
	signIn  = "signin" // led to sign in first
	another = "check"  // led to prove who they are once more
)

// TestPermissions (AUZ-01) sends every request of the site map as everybody, to what is theirs and to what is not, and compares what
// happens with the file. The handlers are replaced: what is tested is the door, and the services ask again behind it.
func TestPermissions(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.newcome(t)
	claims := map[string]string{demo.Owner: x.claim(t, demo.Owner), demo.Rival: x.claim(t, demo.Rival)}
	for _, who := range []string{demo.Owner, demo.Rival} {
		claims["assembly."+who] = x.member(t, who)
		claims["neighbours."+who] = x.invited(t, who).ID
	}
	keys := map[string]string{}
	for _, who := range []string{demo.Owner, demo.Rival} { // nobody else makes keys
		keys[who] = x.key(t, who, apikey.Wish{})
	}
	x.stub(t)
	var out strings.Builder
	fmt.Fprintf(&out, "# Who gets through the door of which address: yes, - (404), signin, check (a fresh check first).\n")
	fmt.Fprintf(&out, "# own and foreign say whose the object is that the address names: the shops of the owner, or of another merchant.\n")
	fmt.Fprintf(&out, "# Made by: go test ./server/web -run TestPermissions -matrix\n\n")
	fmt.Fprintf(&out, "%-7s %-44s %-8s %-20s", "#", "", "", "needs")
	for _, who := range asked {
		fmt.Fprintf(&out, " %-11s", map[bool]string{true: "visitor", false: who}[who == ""])
	}
	out.WriteString("\n")
	for _, r := range x.Routes() {
		whose := []string{""}
		if strings.Contains(r.Path, "/:") && (r.Thing != nil || mine(&r)) {
			whose = []string{"own", "foreign"}
		}
		opened := false
		for _, w := range whose {
			fmt.Fprintf(&out, "%-7s %-44s %-8s %-20s", r.Method, r.Path, w, r.Needs)
			for _, who := range asked {
				got := x.door(t, &r, who, keys[who], w == "foreign", claims)
				opened = opened || got == in || got == another
				fmt.Fprintf(&out, " %-11s", got)
			}
			out.WriteString("\n")
		}
		if !opened {
			t.Errorf("%s %s opens to nobody: the test has no object for it, or nobody may", r.Method, r.Path)
		}
	}
	text := strings.ReplaceAll(out.String(), " \n", "\n")
	for strings.Contains(text, " \n") {
		text = strings.ReplaceAll(text, " \n", "\n")
	}
	if *writeMatrix {
		if err := os.WriteFile(matrixFile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	if text == string(want) {
		return
	}
	is := strings.Split(text, "\n")
	was := strings.Split(string(want), "\n")
	for _, line := range is {
		if !slices.Contains(was, line) {
			t.Errorf("not as checked in:\n  %s", line)
		}
	}
	for _, line := range was {
		if !slices.Contains(is, line) {
			t.Errorf("checked in and gone:\n  %s", line)
		}
	}
}

// newcome makes the account of a newcomer, and their session.
func (x *town) newcome(t *testing.T) {
	t.Helper()
	p := demo.Person{Key: newcomer, Name: "刚注册的人", Contact: "demo-newcomer@example.cn", Password: "yunjian-4712-lamp-post"}
	in, err := x.services.Accounts.Register(t.Context(), account.Registration{Name: p.Name, Contact: p.Contact, Proved: true, Password: p.Password, Lang: lang.Hans}, account.Client{Addr: netip.IPv4Unspecified()})
	if err != nil {
		t.Fatal(err)
	}
	p.AccountID = in.Account.ID
	x.people[newcomer], x.sessions[newcomer] = p, ticket{in.Token, in.Device}
}

// stub answers for every route that lets somebody in.
func (x *town) stub(t *testing.T) {
	t.Helper()
	old := x.Site
	x.Site = New(Deps{
		Config: old.config, Assets: old.assets, Catalogue: old.catalogue, Renderer: old.renderer, Directory: old.directory, Calendar: old.calendar,
		Log: old.log, Now: old.now, Revision: old.revision, Ready: old.ready, Services: old.services,
		API: api.New(x.directory, old.services.Listings, old.services.Words, old.calendar, old.config.Origin, old.now).For(old.services.Posts, old.services.Repeats),
		rewrite: func(routes []Route) []Route {
			for i := range routes {
				if mine(&routes[i]) { // programs get in by the handler
					continue
				}
				routes[i].Handle = func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusNoContent) }
				routes[i].Cached = false
			}
			return routes
		},
	})
}

// mine reports whether a route is for merchants' programs.
func mine(r *Route) bool { return r.Kind == API && r.Needs != access.PublicRead }

// door asks for a route as somebody, a program with their key where they have one, and says what happened.
func (x *town) door(t *testing.T, r *Route, who, key string, foreign bool, claims map[string]string) string {
	t.Helper()
	b := x.as(t, who)
	path := x.object(t, r, who, foreign, claims)
	var a answer
	switch {
	case mine(r):
		header := []string{}
		if key != "" {
			header = []string{"Authorization", "Bearer " + key}
		}
		if r.Method == http.MethodGet {
			a = b.get(path, header...)
		} else {
			a = b.send(r.Method, path, "application/json", []byte("{}"), header...)
		}
	case r.Method == http.MethodGet:
		a = b.get(path)
	case r.Kind == API:
		a = b.send(r.Method, path, "application/json", []byte("{}"))
	default:
		a = b.send(r.Method, path, "application/x-www-form-urlencoded", []byte(b.signed(url.Values{}).Encode()))
	}
	switch {
	case a.status == http.StatusNoContent:
		return in
	case mine(r) && a.status != http.StatusNotFound && a.status != http.StatusUnauthorized && a.status != http.StatusForbidden:
		return in // and hears what the request lacks
	case a.status == http.StatusNotFound:
		return unseen
	case a.status == http.StatusUnauthorized, strings.HasPrefix(a.to, "/sign-in"), strings.Contains(a.body, `action="/sign-in"`):
		return signIn
	case strings.HasPrefix(a.to, "/account/check"), strings.Contains(a.body, `action="/account/check"`):
		return another
	}
	return fmt.Sprint(a.status)
}

// object is the address of a route about something that is the owner's or another merchant's.
func (x *town) object(t *testing.T, r *Route, who string, foreign bool, claims map[string]string) string {
	if r.Thing == nil && !mine(r) || !strings.Contains(r.Path, "/:") {
		return r.probe()
	}
	whose := x.people[demo.Owner]
	shop := whose.ListingIDs[0]
	if who == demo.Plaza {
		shop = whose.ListingIDs[1] // the one in its plaza
	}
	if foreign {
		whose = x.people[demo.Rival]
		shop = whose.ListingIDs[0]
	}
	plaza := x.listing(t, x.people[demo.Owner].ListingIDs[1]).Address.PlazaID
	if foreign {
		plaza = x.otherPlaza(t, plaza)
	}
	ids := map[string]string{"plazas": plaza, "shops": shop, "listings": shop, "merchants": whose.MerchantID, "accounts": whose.AccountID, "claims": claims[whose.Key], "assembly": claims["assembly."+whose.Key], "neighbours": claims["neighbours."+whose.Key]}
	if strings.HasPrefix(r.Path, "/my/") {
		ids["rooms"], ids["resources"] = ids["assembly"], ids["assembly"]
	}
	parts := strings.Split(r.probe(), "/")
	for i, p := range strings.Split(r.Path, "/") {
		if id := ids[strings.Split(r.Path, "/")[max(i-1, 0)]]; strings.HasPrefix(p, ":") && id != "" {
			parts[i] = id
		}
	}
	return strings.Join(parts, "/")
}

// otherPlaza is a plaza that nobody in the matrix runs.
func (x *town) otherPlaza(t *testing.T, but string) string {
	t.Helper()
	all, err := x.services.Places.Plazas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.ID != but {
			return p.ID
		}
	}
	t.Fatal("one plaza only")
	return ""
}

// claim makes a claim of somebody on a shop that is nobody's, and returns its id.
func (x *town) claim(t *testing.T, who string) string {
	t.Helper()
	for l, err := range x.services.Listings.Recorded().Each(t.Context(), store.Where("state", store.Eq, string(listing.Published))) {
		if err != nil {
			t.Fatal(err)
		}
		if l.MerchantID != "" {
			continue
		}
		c, err := x.services.Merchants.SendClaim(t.Context(), x.actor(t, who), merchant.ClaimForm{
			ListingID: l.ID, MerchantID: x.people[who].MerchantID, Evidence: []merchant.Evidence{{Key: "evidence/01/01000000000000000000000000000000", Kind: "sign"}},
		})
		if fault.Is(err, fault.Conflict) {
			continue // the other one has claimed it
		}
		if err != nil {
			t.Fatal(err)
		}
		return c.ID
	}
	t.Fatal("every shop is somebody's")
	return ""
}
