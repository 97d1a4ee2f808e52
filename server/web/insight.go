package web

import (
	"bytes"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"shangquan/services/access"
	"shangquan/services/insight"
)

func (s *Site) insightRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: "/shops/:slug/called", Handle: s.tapped(insight.Call), Kind: File, Rate: Write, Probe: "/shops/none/called", Needs: access.PublicRead},
		{Method: http.MethodPost, Path: "/shops/:slug/visited", Handle: s.tapped(insight.Site), Kind: File, Rate: Write, Probe: "/shops/none/visited", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/my/shops/:id/insights", Handle: s.insightsPage, Kind: Private, Needs: access.ListingInsight, Thing: s.shopThing, Probe: "/my/shops/none/insights"},
	}
}

// tally is what an answer counts as for the owners of the shops in it. It is kept with the answer, so that a page from the cache
// counts as one that was made.
type tally struct {
	kind   insight.Kind
	ids    []string // of listings
	words  string   // what was searched for
	missed bool     // and not found
}

// notes says what the answer under way counts as.
func (r *Request) notes(kind insight.Kind, words string, ids ...string) {
	r.counted = &tally{kind: kind, ids: ids, words: words}
}

// count counts an answer that is sent. It costs a hash and no copy; who reads it twice a day counts once.
func (s *Site) count(c *fiber.Ctx, n *tally) {
	if n == nil || s.services.Insight == nil || c.Request().Header.IsHead() {
		return
	}
	v := s.visitor(c)
	if v == 0 {
		return
	}
	if n.missed {
		s.services.Insight.Missed(n.words, v)
	}
	if n.kind == insight.Found {
		s.services.Insight.Found(n.words, n.ids, v)
		return
	}
	for _, id := range n.ids {
		s.services.Insight.Note(n.kind, id, v)
	}
}

var prefetch = []byte("prefetch")

// visitor is who asks, without knowing who. The strings are looked at and let go before the request ends.
func (s *Site) visitor(c *fiber.Ctx) insight.Visitor {
	h := &c.Request().Header
	return s.services.Insight.Visitor(insight.Request{
		Client: Of(c).Client, Agent: utils.UnsafeString(h.UserAgent()), Language: utils.UnsafeString(h.Peek(fiber.HeaderAcceptLanguage)),
		Ahead: bytes.Contains(h.Peek("Sec-Purpose"), prefetch) || bytes.Contains(h.Peek("Purpose"), prefetch),
	})
}

// tapped: POST /shops/:slug/called and /shops/:slug/visited, sent by the script of the page when somebody taps the number, or the shop's
// own website. The call and the way there do not wait for it and do not need it.
func (s *Site) tapped(kind insight.Kind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if s.services.Insight == nil {
			return notThere()
		}
		p := s.speaker(c)
		shop, err := s.directory.Shop(c.UserContext(), c.Params("slug"), p.Lang, p.now)
		if err != nil {
			return err
		}
		if kind != insight.Site || shop.Listing.Website != "" {
			s.services.Insight.Note(kind, shop.Listing.ID, s.visitor(c))
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.SendStatus(fiber.StatusNoContent)
	}
}
