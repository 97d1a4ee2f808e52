package web

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/fault"
)

// The cookies of people who sign in. The names with __Host- are bound by the browser to this host, this path and TLS; browsers
// take localhost for safe, so development has them too.
const (
	sessionCookie = "__Host-session"
	deviceCookie  = "__Host-device"
)

// client says to services/account where a request comes from.
func client(c *fiber.Ctx) account.Client {
	r := Of(c)
	return account.Client{Addr: r.Client, Device: c.Cookies(deviceCookie), Label: deviceLabel(c.Get(fiber.HeaderUserAgent)), Request: r.ID}
}

// deviceLabel names a browser and its system, as people know them: Chrome, Android. Of a device that says neither it is empty.
func deviceLabel(agent string) string {
	names := []string{}
	for _, list := range [][][2]string{
		{{"MicroMessenger", "微信"}, {"HuaweiBrowser", "Huawei"}, {"Edg", "Edge"}, {"OPR", "Opera"}, {"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}},
		{{"HarmonyOS", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Macintosh", "Mac"}, {"Linux", "Linux"}},
	} {
		for _, n := range list {
			if strings.Contains(agent, n[0]) {
				names = append(names, n[1])
				break
			}
		}
	}
	return strings.Join(names, "，")
}

// load finds out who asks. A cookie that is no session any more makes a visitor.
func (s *Site) load(c *fiber.Ctx) error {
	r := Of(c)
	token := c.Cookies(sessionCookie)
	if token == "" || s.services.Accounts == nil {
		return nil
	}
	x, a, err := s.services.Accounts.Authenticate(c.UserContext(), token)
	switch {
	case fault.Is(err, fault.Unauthenticated):
		return nil
	case err != nil:
		return err
	}
	if s.services.Freeze.Refused() != nil && !slices.Contains(a.Roles, access.Admin) {
		return nil // while the site is frozen only administrators are somebody, to look around
	}
	r.Session, r.Account = x, a
	by := s.services.Accounts.Actor(x, a)
	if by.AccountID != "" {
		if by.Seats, err = s.services.Merchants.Seats(c.UserContext(), a.ID); err != nil {
			return err
		}
	}
	by.Request, by.Client = r.ID, r.Client
	r.Actor = by
	return nil
}

// staffOnly reports whether only roles of the district may do act.
func staffOnly(act access.Action) bool {
	return !slices.ContainsFunc(access.Roles, func(r access.Role) bool {
		return access.Grant(r, act) != access.None && !slices.Contains(access.DistrictRoles, r)
	})
}

// admit lets through who may do what the route needs, and forms that are ours.
func (s *Site) admit(p *pattern) fiber.Handler {
	everybody := access.Grant(access.Visitor, p.Needs) == access.All
	// What is public is the same for everybody: theme and text size are chosen on pages that know no session.
	personal := p.Kind == Private && p.Needs != access.PublicRead
	staff := staffOnly(p.Needs)
	return func(c *fiber.Ctx) error {
		r := Of(c)
		r.Actor.Request, r.Actor.Client = r.ID, r.Client
		if err := s.resting(p); err != nil {
			return err
		}
		if staff {
			if err := s.fromOffice(c); err != nil {
				return err
			}
		}
		if personal {
			if err := s.load(c); err != nil {
				return err
			}
		}
		if personal && c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
			if err := s.genuine(c); err != nil {
				return err
			}
			// Counted for the client already; somebody with many addresses is still one.
			if id := r.Account.ID; id != "" && p.Rate != Public {
				if wait := s.limits.takeBy(id, p.Rate, r.start); wait > 0 {
					return tooMany(wait)
				}
			}
		}
		if everybody || p.Kind == API {
			return c.Next() // the API finds out who asks by the key, see api.go
		}
		t := access.Thing{}
		if p.Thing != nil {
			var err error
			// Who is not signed in hears that first: whether the thing exists is none of their business.
			if t, err = p.Thing(c); err != nil && r.Actor.Known() {
				return err
			}
		}
		if err := access.Require(r.Actor, p.Needs, t); err != nil {
			return s.turnedAway(c, err)
		}
		return c.Next()
	}
}

// fromOffice lets through who asks for a page of the staff from where they answer. Another server may have changed where that is.
func (s *Site) fromOffice(c *fiber.Ctx) error {
	if s.services.Settings == nil {
		return nil
	}
	if _, err := s.services.Settings.Look(c.UserContext()); err != nil {
		return err
	}
	set := s.settings()
	if !set.Admits(Of(c).Client) {
		return fault.New(fault.NotFound, "error.not_found", errors.New("web: a page of the staff was asked for from elsewhere"))
	}
	return nil
}

// turnedAway sends somebody who may not yet to where they can change that, with what they have typed; the rest is an error.
func (s *Site) turnedAway(c *fiber.Ctx, err error) error {
	r := Of(c)
	if r.route.Kind != Private {
		return err
	}
	to := ""
	switch f, _ := err.(*fault.Error); { //nolint:errorlint // access.Require returns the fault itself
	case f == nil:
		return err
	case f.Kind == fault.Unauthenticated && r.Session.Pending:
		to = "/sign-in/factor"
	case f.Kind == fault.Unauthenticated:
		to = "/sign-in"
	case f.Key == "error.second_factor":
		to = "/account/factors"
	case f.Key == "error.sudo":
		to = "/account/check"
	default:
		return err
	}
	if c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead {
		return c.Redirect(ui.Href(r.Lang, to)+"?back="+escaped(c.OriginalURL()), fiber.StatusSeeOther)
	}
	return s.keepEntries(c, to)
}

// signIn gives the browser the session it has now. Another one that it had until now ends: nobody has two.
func (s *Site) signIn(c *fiber.Ctx, in account.SignedIn) {
	r := Of(c)
	if r.Session.ID != "" && r.Session.ID != in.Session.ID {
		if err := s.services.Accounts.SignOut(c.UserContext(), c.Cookies(sessionCookie), client(c)); err != nil {
			s.log.WarnContext(c.UserContext(), "the session before a sign-in was not ended", "id", r.ID, "error", err)
		}
	}
	life := account.LifeMerchant
	if in.Account.Staff() {
		life = account.LifeStaff
	}
	s.setCookie(c, sessionCookie, in.Token, int(life.Seconds()), in.Account.Staff())
	if in.Device != "" {
		s.setCookie(c, deviceCookie, in.Device, int(account.DeviceAge.Seconds()), false)
	}
	r.Session, r.Account = in.Session, in.Account
}

func (s *Site) setCookie(c *fiber.Ctx, name, value string, seconds int, strict bool) {
	site := fiber.CookieSameSiteLaxMode
	if strict {
		site = fiber.CookieSameSiteStrictMode
	}
	c.Cookie(&fiber.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HTTPOnly: true, Secure: true, SameSite: site})
}

// signOut ends the session and takes everything from the browser that it may have kept of it.
func (s *Site) signOut(c *fiber.Ctx) error {
	r := Of(c)
	if token := c.Cookies(sessionCookie); token != "" {
		if err := s.services.Accounts.SignOut(c.UserContext(), token, client(c)); err != nil {
			return err
		}
	}
	s.setCookie(c, sessionCookie, "", -1, false)
	c.Set("Clear-Site-Data", `"cache", "storage"`) // not the cookies: theme and text size stay, and so does the known device
	return c.Redirect(ui.Href(r.Lang, "/sign-in")+"?out=1", fiber.StatusSeeOther)
}
