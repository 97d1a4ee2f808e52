package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/fault"
)

// The cookies of the two preferences. They hold nothing but a word of these lists, so they need neither secrecy nor consent.
const (
	themeCookie = "theme"
	sizeCookie  = "size"
)

var preferenceWords = map[string][]string{
	themeCookie: {"light", "dark", "auto"},
	sizeCookie:  {"large", "normal"},
}

// preferenceYear is how long a preference is kept, in seconds.
const preferenceYear = 365 * 24 * 3600

// preferences: POST /preferences (theme=light|dark|auto, size=large|normal, back=path). Either or both; the default words
// remove the cookie.
func (s *Site) preferences(c *fiber.Ctx) error {
	if ct, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";"); !strings.EqualFold(strings.TrimSpace(ct), fiber.MIMEApplicationForm) {
		return fiber.ErrUnsupportedMediaType
	}
	form, err := url.ParseQuery(string(c.Request().Body()))
	if err != nil {
		return fiber.ErrBadRequest
	}
	for _, name := range []string{themeCookie, sizeCookie} {
		if !form.Has(name) {
			continue
		}
		word := form.Get(name)
		if !slices.Contains(preferenceWords[name], word) {
			return fault.Wrong(name, "error.page.preference", nil)
		}
		cookie := &fiber.Cookie{
			Name: name, Value: word, Path: "/", MaxAge: preferenceYear, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
			Secure: strings.HasPrefix(s.config.Origin, "https:"),
		}
		if word == "auto" || word == "normal" {
			cookie.Value, cookie.MaxAge = "", -1
		}
		c.Cookie(cookie)
	}
	back := form.Get("back")
	if !safeBack(back) {
		back = "/"
	}
	return c.Redirect(back, fiber.StatusSeeOther)
}

// safeBack says whether a redirect to path stays on this site: one leading slash, nothing a browser reads as another host, no
// control characters.
func safeBack(path string) bool {
	if len(path) == 0 || len(path) > maxAddress || path[0] != '/' {
		return false
	}
	if len(path) > 1 && (path[1] == '/' || path[1] == '\\') {
		return false
	}
	// Browsers drop tabs and line breaks and read a backslash as a slash.
	if strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }) {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Host == "" && u.Scheme == "" && !strings.HasPrefix(u.Path, "//")
}
