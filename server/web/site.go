// Package web is the site for people: every page, in three languages, whole without scripts. Site.siteMap lists every address;
// a file per page family holds the handlers. A handler reads its input, calls one use case with an explicit actor and renders.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"shangquan/frontend"
	"shangquan/frontend/locales"
	"shangquan/server/api"
	"shangquan/server/config"
	"shangquan/services/calendar"
	"shangquan/services/directory"
)

// Deps is what the site is built from. All fields are required unless they say otherwise.
type Deps struct {
	Config    config.Config
	Assets    *frontend.Assets
	Catalogue *locales.Catalogue
	Renderer  *Renderer
	Directory *directory.Service
	Calendar  *calendar.Calendar
	Log       *Log
	Now       func() time.Time
	// Revision identifies the data the pages are made from. It is asked on every request of a cached page and has to answer
	// from memory.
	Revision func(context.Context) (string, error)
	// Ready fails while the store cannot answer. Degraded, which may be nil, names what works only in part ("search").
	Ready    func(context.Context) error
	Degraded func(context.Context) []string
	// API joins the same site map; nil for a site without one. Extra are routes that only tests have.
	API   *api.API
	Extra []Route
}

// Site answers for every address of the origin.
type Site struct {
	config    config.Config
	assets    *frontend.Assets
	catalogue *locales.Catalogue
	renderer  *Renderer
	directory *directory.Service
	calendar  *calendar.Calendar
	log       *Log
	now       func() time.Time
	revision  func(context.Context) (string, error)
	ready     func(context.Context) error
	degraded  func(context.Context) []string

	app     *fiber.App
	routes  []Route
	hosts   map[string]bool
	origin  *http.CrossOriginProtection
	first   *fasthttp.ResponseHeader // see firstHeader
	limits  *limits
	cache   *pageCache
	metrics *metrics
	base    context.Context // of every handler; ends when the server gives up waiting for them
	give    context.CancelFunc
	down    chan struct{} // closed when the server is asked to stop
}

// New builds the site. It answers through Serve, and in tests through App.
func New(d Deps) *Site {
	s := &Site{
		config: d.Config, assets: d.Assets, catalogue: d.Catalogue, renderer: d.Renderer, directory: d.Directory, calendar: d.Calendar, log: d.Log, now: d.Now,
		revision: d.Revision, ready: d.Ready, degraded: d.Degraded,
		hosts:  hosts(d.Config.Origin),
		origin: http.NewCrossOriginProtection(),
		first:  firstHeader(),
		limits: newLimits(d.Config.RateFactor),
		cache:  newPageCache(cacheBytes),
		down:   make(chan struct{}),
	}
	s.base, s.give = context.WithCancel(context.Background())
	s.metrics = newMetrics(s.cache)
	s.routes = append(s.siteMap(), d.Extra...)
	if d.API != nil {
		s.routes = append(s.routes, apiRoutes(d.API)...)
	}
	s.app = s.newApp()
	s.register()
	return s
}

// App returns the Fiber application, for tests that send requests without a listener.
func (s *Site) App() *fiber.App { return s.app }

// Routes returns the site map.
func (s *Site) Routes() []Route { return s.routes }

// siteMap is every address of the site, in the order people meet them.
func (s *Site) siteMap() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/", Handle: s.search, Cached: true, Query: searchParams, Rate: Search},
		{Method: http.MethodGet, Path: "/suggest", Handle: s.suggest, Cached: true, Query: []string{"q"}, Rate: Typing},
		{Method: http.MethodGet, Path: "/shops/:slug", Handle: s.shop, Cached: true, Probe: "/shops/none"},
		{Method: http.MethodGet, Path: "/shops/:slug/go", Handle: s.directions, Cached: true, Probe: "/shops/none/go"},
		{Method: http.MethodGet, Path: "/shops/:slug/poster", Handle: s.poster, Cached: true, Query: []string{"size"}, Probe: "/shops/none/poster"},
		{Method: http.MethodGet, Path: "/s/:code", Handle: s.shortAddress, Kind: File, Probe: "/s/none"},
		{Method: http.MethodGet, Path: "/plazas", Handle: s.plazas, Cached: true},
		{Method: http.MethodGet, Path: "/plazas/:slug", Handle: s.plaza, Cached: true, Probe: "/plazas/none"},
		{Method: http.MethodGet, Path: "/streets", Handle: s.streets, Cached: true},
		{Method: http.MethodGet, Path: "/streets/:slug", Handle: s.street, Cached: true, Probe: "/streets/none"},
		{Method: http.MethodGet, Path: "/night", Handle: s.night, Cached: true, Query: []string{"after"}},
		{Method: http.MethodGet, Path: "/heritage", Handle: s.heritage, Cached: true},
		{Method: http.MethodGet, Path: "/points", Handle: s.points, Cached: true},
		{Method: http.MethodGet, Path: "/favourites", Handle: s.favourites, Cached: true, Query: []string{"ids"}},
		{Method: http.MethodGet, Path: "/about", Handle: s.info("about"), Cached: true},
		{Method: http.MethodGet, Path: "/help", Handle: s.info("help"), Cached: true},
		{Method: http.MethodGet, Path: "/accessibility", Handle: s.info("accessibility"), Cached: true},
		{Method: http.MethodGet, Path: "/privacy", Handle: s.info("privacy"), Cached: true},
		{Method: http.MethodGet, Path: "/api", Handle: s.apiPage, Cached: true},
		{Method: http.MethodPost, Path: "/preferences", Handle: s.preferences, Kind: Private, Rate: Write},

		{Method: http.MethodGet, Path: "/sitemap.xml", Handle: s.sitemap, Kind: File, Cached: true},
		{Method: http.MethodGet, Path: "/robots.txt", Handle: s.robots, Kind: File},
		{Method: http.MethodGet, Path: "/manifest.webmanifest", Handle: s.manifest},
		{Method: http.MethodGet, Path: "/sw.js", Handle: s.worker, Kind: File},
		{Method: http.MethodGet, Path: "/offline", Handle: s.offline, Cached: true},
		{Method: http.MethodGet, Path: "/.well-known/security.txt", Handle: s.securityText, Kind: File},
		{Method: http.MethodGet, Path: "/static/:name", Handle: s.static, Kind: Static, Rate: Unlimited, Probe: "/static/none.js"},
		{Method: http.MethodGet, Path: "/healthz", Handle: s.healthz, Kind: File, Rate: Unlimited},
		{Method: http.MethodGet, Path: "/readyz", Handle: s.readyz, Kind: File, Rate: Unlimited},
	}
}
