// Package web is the site for people: every page, in three languages, whole without scripts. Site.siteMap lists every address;
// a file per page family holds the handlers. A handler reads its input, calls one use case with an explicit actor and renders.
package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"shangquan/frontend"
	"shangquan/frontend/locales"
	"shangquan/server/api"
	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/activity"
	"shangquan/services/alarm"
	"shangquan/services/apikey"
	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/bulk"
	"shangquan/services/calendar"
	"shangquan/services/callout"
	"shangquan/services/care"
	"shangquan/services/consent"
	"shangquan/services/countersign"
	"shangquan/services/demo"
	"shangquan/services/desk"
	"shangquan/services/directory"
	"shangquan/services/extract"
	"shangquan/services/freeze"
	"shangquan/services/guidance"
	"shangquan/services/heritage"
	"shangquan/services/holiday"
	"shangquan/services/idempotency"
	"shangquan/services/insight"
	"shangquan/services/intake"
	"shangquan/services/integrity"
	"shangquan/services/job"
	"shangquan/services/lead"
	"shangquan/services/listing"
	"shangquan/services/mail"
	"shangquan/services/media"
	"shangquan/services/merchant"
	"shangquan/services/neighbour"
	"shangquan/services/notice"
	"shangquan/services/outdoor"
	"shangquan/services/outlink"
	"shangquan/services/overview"
	"shangquan/services/place"
	"shangquan/services/policy"
	"shangquan/services/post"
	"shangquan/services/privacy"
	"shangquan/services/programme"
	"shangquan/services/recheck"
	"shangquan/services/report"
	"shangquan/services/resource"
	"shangquan/services/retention"
	"shangquan/services/secret"
	"shangquan/services/setting"
	stations "shangquan/services/station"
	"shangquan/services/taxonomy"
	"shangquan/services/twin"
	"shangquan/services/vacancy"
	"shangquan/services/vocabulary"
	"shangquan/services/walk"
	"shangquan/services/webhook"
)

// Deps is what the site is built from. All fields are required unless they say otherwise.
type Deps struct {
	Config    config.Config
	Assets    *frontend.Assets
	Catalogue *locales.Catalogue
	Renderer  *Renderer
	Directory *directory.Service
	Calendar  func() *calendar.Calendar // of now; another pointer when it changed
	Log       *Log
	Now       func() time.Time
	// Revision identifies the data the pages are made from. It is asked on every request of a cached page and has to answer
	// from memory.
	Revision func(context.Context) (string, error)
	// Ready fails while the store cannot answer. Parts, which may be nil, asks everything else that the site can do without for a while, by
	// name ("search", "pictures").
	Ready func(context.Context) error
	Parts map[string]func(context.Context) error
	// Services are what people who sign in work with; the zero value is a site without them.
	Services Services
	// API joins the same site map; nil for a site without one. Extra are routes that only tests have.
	API   *api.API
	Extra []Route
	// rewrite changes the site map; only tests have it.
	rewrite func([]Route) []Route
}

// Services are what people who sign in work with.
type Services struct {
	Accounts  *account.Service
	Merchants *merchant.Service
	Listings  *listing.Service
	Posts     *post.Service
	Places    *place.Service
	Streets   *place.Editor
	Walks     *walk.Service
	Words     func() *taxonomy.Table // of now; another pointer when they changed
	Photos    *media.Service
	Reports   *report.Service
	Insight   *insight.Service
	APIKeys   *apikey.Service
	Repeats   *idempotency.Service
	Links     *listing.Links
	Notices   *notice.Service
	Assembly  *assembly.Service
	Stations  *stations.Service
	Resources *resource.Service
	// Activities, Programmes, Neighbours and Heritage are what organisations, residents and shops do with each other.
	Activities *activity.Service
	Programmes *programme.Service
	Neighbours *neighbour.Service
	Heritage   *heritage.Service
	Policies   *policy.Service
	// Outdoor, Care, Guidance and Callout are what stands in the street, how the street looks, what the district suggests for a unit, and who
	// helps in an emergency.
	Outdoor  *outdoor.Service
	Care     *care.Service
	Guidance *guidance.Service
	Callout  *callout.Service
	// Vacancies, Leads and Visits are what the business team does for shops to be and shops that are.
	Vacancies *vacancy.Service
	Leads     *lead.Service
	Visits    *lead.Visits
	Imports   *intake.Service
	Extracts  *extract.Service
	Webhooks  *webhook.Service
	Overview  *overview.Service
	Jobs      *job.Ledger
	Contacts  *extract.Contacts
	Signs     *countersign.Service
	Desk      *desk.Service
	Twins     *twin.Service
	Batches   *bulk.Service
	Rechecks  *recheck.Service
	Trail     *audit.Log
	Alarms    *alarm.Service
	Freeze    *freeze.Service
	Integrity *integrity.Service
	Keys      *secret.Ring
	Settings  *setting.Service
	Retention *retention.Service
	Consents  *consent.Service
	Asks      *privacy.Service
	// Vocabulary and Holidays are the words and the holidays as the district edits them.
	Vocabulary *vocabulary.Service
	Holidays   *holiday.Service
	// LinkHosts are the hosts that notices may link to, OutLinks how the links of public pages answered.
	LinkHosts *outlink.Service
	OutLinks  *outlink.Checker

	// Outbox is what a development site keeps of the messages it only shows; nil for one that sends them.
	Outbox *mail.Log
	// Pace knows which addresses refuse messages.
	Pace *mail.Pace
	// Demo are the demonstration accounts, whose codes the page of the messages shows; nil for a site without.
	Demo []demo.Person
}

// Site answers for every address of the origin.
type Site struct {
	config    config.Config
	assets    *frontend.Assets
	catalogue *locales.Catalogue
	renderer  *Renderer
	directory *directory.Service
	calendar  func() *calendar.Calendar
	log       *Log
	now       func() time.Time
	revision  func(context.Context) (string, error)
	ready     func(context.Context) error
	parts     map[string]func(context.Context) error
	services  Services

	app      *fiber.App
	routes   []Route
	hosts    map[string]bool
	origin   *http.CrossOriginProtection
	first    *fasthttp.ResponseHeader // see firstHeader
	limits   *limits
	refusals refusals
	cache    *pageCache
	metrics  *metrics
	base     context.Context // of every handler; ends when the server gives up waiting for them
	moment   moment
	give     context.CancelFunc
	down     chan struct{} // closed when the server is asked to stop
}

// New builds the site. It answers through Serve, and in tests through App.
func New(d Deps) *Site {
	s := &Site{
		config: d.Config, assets: d.Assets, catalogue: d.Catalogue, renderer: d.Renderer, directory: d.Directory, calendar: d.Calendar, log: d.Log, now: d.Now,
		revision: d.Revision, ready: d.Ready, parts: d.Parts, services: d.Services,
		hosts:  hosts(d.Config.Origin),
		origin: http.NewCrossOriginProtection(),
		first:  firstHeader(),
		limits: newLimits(d.Config.RateFactor),
		cache:  newPageCache(cacheBytes),
		down:   make(chan struct{}),
	}
	s.base, s.give = context.WithCancel(context.Background())
	s.metrics = newMetrics(s.cache)
	s.routes = append(s.forMerged(s.siteMap()), d.Extra...)
	if d.API != nil {
		s.routes = append(s.routes, s.apiRoutes(d.API)...)
	}
	if d.rewrite != nil {
		s.routes = d.rewrite(s.routes)
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
	return slices.Concat(
		s.publicRoutes(),
		s.accountRoutes(),
		s.photoRoutes(),
		s.postRoutes(),
		s.insightRoutes(),
		s.monthlyRoutes(),
		s.printRoutes(),
		s.keyRoutes(),
		s.webhookRoutes(),
		s.linkRoutes(),
		s.jobRoutes(),
		s.overviewRoutes(),
		s.embedRoutes(),
		s.ownRoutes(),
		s.askRoutes(),
		s.adminRoutes(),
		s.officeRoutes(),
		s.safetyRoutes(),
		s.outboxRoutes(),
		s.myRoutes(),
		s.tableRoutes(), // before the pages of one shop: /desk/shops/new is none
		s.deskRoutes(),
		s.deskPlaceRoutes(),
		s.walkRoutes(),
		s.turnRoutes(),
		s.twinRoutes(),
		s.batchRoutes(),
		s.recheckRoutes(),
		s.countersignRoutes(),
		s.correctionRoutes(),
		s.wantRoutes(),
		s.holidayRoutes(),
		s.wordsRoutes(),
		s.claimRoutes(),
		s.merchantRoutes(),
		s.importRoutes(),
		s.exportRoutes(),
		s.openDataRoutes(),
		s.noticeRoutes(),
		s.publicNoticeRoutes(),
		s.placeFeedRoutes(),
		s.inboxRoutes(),
		s.assemblyRoutes(),
		s.stationRoutes(),
		s.roomRoutes(),
		s.openPointRoutes(),
		s.memberPointRoutes(),
		s.resourceRoutes(),
		s.memberRoutes(),
		s.liaisonRoutes(),
		s.speakerRoutes(),
		s.fellowRoutes(),
		s.activityRoutes(),
		s.eventRoutes(),
		s.programmeRoutes(),
		s.neighbourRoutes(),
		s.heritageRoutes(),
		s.plaqueRoutes(),
		s.policyRoutes(),
		s.outdoorRoutes(),
		s.careRoutes(),
		s.guidanceRoutes(),
		s.calloutRoutes(),
		s.vacancyRoutes(),
		s.leadRoutes(),
		s.visitRoutes(),
		s.servicePointRoutes(),
	)
}

// publicRoutes are what everybody sees.
func (s *Site) publicRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/", Handle: s.search, Cached: true, Query: searchParams, Rate: Search, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/suggest", Handle: s.suggest, Cached: true, Query: []string{"q"}, Rate: Typing, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/shops/:slug", Handle: s.shop, Cached: true, Probe: "/shops/none", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/shops/:slug/go", Handle: s.directions, Cached: true, Probe: "/shops/none/go", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/shops/:slug/poster", Handle: s.poster, Cached: true, Query: []string{"size"}, Probe: "/shops/none/poster", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/shops/:slug/embed", Handle: s.embedCode, Cached: true, Probe: "/shops/none/embed", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/s/:code", Handle: s.shortAddress, Kind: File, Probe: "/s/none", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/plazas", Handle: s.plazas, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/plazas/:slug", Handle: s.plaza, Cached: true, Probe: "/plazas/none", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/plazas/:slug/poster", Handle: s.plazaPoster, Cached: true, Query: []string{"size", "floor"}, Probe: "/plazas/none/poster", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/plazas/:slug/directory", Handle: s.floorSheet, Cached: true, Probe: "/plazas/none/directory", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/streets", Handle: s.streets, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/streets/:slug", Handle: s.street, Cached: true, Probe: "/streets/none", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/streets/:slug/poster", Handle: s.streetPoster, Cached: true, Query: []string{"size"}, Probe: "/streets/none/poster", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/night", Handle: s.night, Cached: true, Query: []string{"after"}, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/heritage", Handle: s.heritage, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/points", Handle: s.points, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/favourites", Handle: s.favourites, Cached: true, Query: []string{"ids"}, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/about", Handle: s.info("about"), Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/neighbours", Handle: s.benefitsPage, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/neighbours.ics", Handle: s.benefitsCalendar, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/how-we-answer", Handle: s.answersPage, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/help", Handle: s.info("help"), Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/accessibility", Handle: s.info("accessibility"), Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/privacy", Handle: s.privacyPage, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/api", Handle: s.apiPage, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodPost, Path: "/preferences", Handle: s.preferences, Kind: Private, Rate: Write, Needs: access.PublicRead, Always: true},

		{Method: http.MethodGet, Path: "/sitemap.xml", Handle: s.sitemap, Kind: File, Cached: true, Query: []string{"part"}, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/robots.txt", Handle: s.robots, Kind: File, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/manifest.webmanifest", Handle: s.manifest, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/sw.js", Handle: s.worker, Kind: File, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/offline", Handle: s.offline, Cached: true, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/.well-known/security.txt", Handle: s.securityText, Kind: File, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/static/:name", Handle: s.static, Kind: Static, Rate: Unlimited, Probe: "/static/none.js", Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/healthz", Handle: s.healthz, Kind: File, Rate: Unlimited, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/readyz", Handle: s.readyz, Kind: File, Rate: Unlimited, Needs: access.PublicRead},
	}
}

// accountRoutes lead in, out and to the own account.
func (s *Site) accountRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/sign-in", Handle: s.signInPage, Kind: Private, Needs: access.AccountOpen},
		{Method: post, Path: "/sign-in", Handle: s.signInSent, Kind: Private, Rate: Write, Needs: access.AccountOpen, Always: true},
		{Method: get, Path: "/sign-in/code", Handle: s.codePage, Kind: Private, Needs: access.AccountOpen},
		{Method: post, Path: "/sign-in/code", Handle: s.codeSent, Kind: Private, Rate: Write, Needs: access.AccountOpen},
		{Method: get, Path: "/sign-in/factor", Handle: s.factorPage, Kind: Private, Needs: access.AccountOpen},
		{Method: post, Path: "/sign-in/factor", Handle: s.factorSent, Kind: Private, Rate: Write, Needs: access.AccountOpen, Always: true},
		{Method: post, Path: "/sign-out", Handle: s.signOutSent, Kind: Private, Rate: Write, Needs: access.AccountOpen, Always: true},
		{Method: get, Path: "/reset", Handle: s.resetPage, Kind: Private, Needs: access.AccountOpen},
		{Method: post, Path: "/reset", Handle: s.resetSent, Kind: Private, Rate: Write, Needs: access.AccountOpen},
		{Method: get, Path: "/reset/:token", Handle: s.newPasswordPage, Kind: Private, Needs: access.AccountOpen, Probe: "/reset/none"},
		{Method: post, Path: "/reset/:token", Handle: s.newPasswordSent, Kind: Private, Rate: Write, Needs: access.AccountOpen, Probe: "/reset/none"},
		{Method: get, Path: "/setup", Handle: s.setupPage, Kind: Private, Needs: access.AccountOpen},
		{Method: post, Path: "/setup", Handle: s.setupSent, Kind: Private, Rate: Write, Needs: access.AccountOpen},
		{Method: get, Path: "/account/check", Handle: s.checkPage, Kind: Private, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: post, Path: "/account/check", Handle: s.checkSent, Kind: Private, Rate: Write, Needs: access.AccountOwn, Thing: ownAccount, Always: true},
	}
}
