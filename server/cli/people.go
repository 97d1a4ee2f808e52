package cli

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"strconv"
	"time"

	"shangquan/frontend/locales"
	"shangquan/server/config"
	"shangquan/server/web"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/apikey"
	"shangquan/services/assembly"
	"shangquan/services/bulk"
	"shangquan/services/consent"
	"shangquan/services/countersign"
	"shangquan/services/desk"
	"shangquan/services/extract"
	"shangquan/services/idempotency"
	"shangquan/services/insight"
	"shangquan/services/intake"
	"shangquan/services/job"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/mail"
	"shangquan/services/media"
	"shangquan/services/merchant"
	"shangquan/services/notice"
	"shangquan/services/outlink"
	figures "shangquan/services/overview"
	"shangquan/services/policy"
	"shangquan/services/privacy"
	"shangquan/services/recheck"
	"shangquan/services/report"
	"shangquan/services/resource"
	"shangquan/services/retention"
	"shangquan/services/station"
	"shangquan/services/store"
	"shangquan/services/twin"
	"shangquan/services/vocabulary"
	"shangquan/services/walk"
	"shangquan/services/webhook"
)

// people are the services that people who sign in work with, over the store of a district.
type people struct {
	sender    mail.Sender
	pace      *mail.Pace
	accounts  *account.Service
	merchants *merchant.Service
	blobs     *media.Blobs
	photos    *media.Service
	reports   *report.Service
	insight   *insight.Service
	monthly   *insight.Monthly
	keys      *apikey.Service
	repeats   *idempotency.Service
	walks     *walk.Service
	links     *listing.Links
	notices   *notice.Service
	assembly  *assembly.Service
	stations  *station.Service
	resources *resource.Service
	together  together
	offers    offers
	imports   *intake.Service
	extracts  *extract.Service
	webhooks  *webhook.Service
	ledger    *job.Ledger
	contacts  *extract.Contacts
	overview  *figures.Service
	signs     *countersign.Service
	desk      *desk.Service
	twins     *twin.Service
	batches   *bulk.Service
	rechecks  *recheck.Service
	hosts     *outlink.Service
	outlinks  *outlink.Checker
	retention *retention.Service
	consents  *consent.Service
	asks      *privacy.Service
}

// sender opens the way messages leave by; in which manner is a setting.
func (d *district) sender(c config.Config, catalogue *locales.Catalogue, console io.Writer) (mail.Sender, error) {
	uris := []string{c.Mail.Reveal()}
	if c.SMS != "" {
		uris = append(uris, c.SMS.Reveal())
	}
	return mail.Open(mail.Options{Words: catalogue.Mail, Console: console, Development: c.Env == config.Development, Now: d.now, Manner: func() mail.Manner {
		now := d.settings.Now()
		x := now.Letters
		return mail.Manner{Site: now.Name, Name: x.Sender, From: x.From, ReplyTo: x.ReplyTo, Closing: x.Closing, MailOff: x.MailOff, ShortOff: x.ShortOff}
	}}, uris...)
}

// linkPaths are where the bearer of a token is led by a message.
var linkPaths = map[string]string{"invitation": "/join/", "transfer": "/transfer/", "receipt": "/receipt/"}

// admitPeople puts accounts and everything that belongs to them on the store of d.
func (d *district) admitPeople(ctx context.Context, c config.Config, by mail.Sender, log *slog.Logger) error {
	called := func() string { name, _ := d.settings.Now().Name.In(lang.Hans); return name }
	p := &people{sender: by}
	p.pace = mail.NewPace(mail.PaceDeps{DB: d.db, Keys: d.keys, To: p.sender, Belongs: func(ctx context.Context, to string) (bool, error) {
		return p.accounts.Belongs(ctx, account.Contact(to))
	}, Now: d.now})
	by = p.pace
	var err error
	p.accounts, err = account.New(d.db, account.Config{ //nolint:contextcheck // messages leave after the call that wrote them has ended
		Origin: c.Origin, Site: called, Keys: d.keys, Log: d.trail, Mail: by, Now: d.now,
		SessionsFrom: d.frozen.SessionsFrom, Watch: watchSignIns{d.alarms},
		Policy: account.Policy{Graded: c.Graded, Words: func() []string {
			return append(d.settings.Now().Name.All(), c.Site.Sign, c.Site.City, c.Site.County)
		}},
	})
	if err != nil {
		return err
	}
	p.signs = countersign.New(d.db, d.trail, d.now)
	p.merchants = merchant.New(merchant.Deps{
		Signs: p.signs, DB: d.db, Log: d.trail, Keys: d.keys, Mail: by, Shops: merchant.Register(d.shops), People: merchant.Accounts(p.accounts.Get), Site: called(), Now: d.now,
		EvidenceDays: func() int { return d.settings.Now().EvidenceDays },
		Link:         func(page, token string) string { return c.Origin + linkPaths[page] + token },
	})
	if p.blobs, err = media.OpenBlobs(c.Media.Reveal()); err != nil {
		return err
	}
	p.photos = media.New(p.blobs, d.keys, d.now)
	if err := d.keepCopies(c, p.blobs); err != nil {
		return err
	}
	p.reports = report.New(d.db, d.trail, d.keys, d.thing, d.now)
	p.reports.OfferReasons(func(r report.Reason) bool { return d.vocabulary.Offers(vocabulary.ReportReasons, string(r)) })
	p.reports.KeepFor(func() int { return d.settings.Now().ReportDays })
	p.insight = insight.New(d.db, d.now, log)
	p.monthly = p.insight.Monthly(insight.MonthlyDeps{DB: d.db, Want: p.accounts.WantMonthly, ShopsOf: p.owned, Tell: p.tellMonthly(c.Origin)})
	p.keys = apikey.New(d.db, d.trail, p.actor, d.now)
	p.repeats = idempotency.New(d.db, d.keys, d.now)
	p.links = listing.NewLinks(d.shops, d.keys)
	p.walks = walk.New(d.db, d.shops, d.editor, d.now)
	p.hosts = outlink.New(outlink.Deps{DB: d.db, Log: d.trail, Setting: c.LinkHosts})
	p.notices = notice.New(notice.Deps{
		DB: d.db, Log: d.trail, Keys: d.keys, Listed: d.directory.Listed, Shop: d.shops.Get, Letters: p.merchants, Hosts: p.hosts.Allowed, Now: d.now,
		Link: func(token string) string { return c.Origin + linkPaths["receipt"] + token },
	})
	p.outlinks = outlink.NewChecker(outlink.CheckerDeps{
		DB: d.db, Board: p.notices.Board, Listed: d.directory.Listed, Allowed: p.hosts.Allowed, Origin: c.Origin, Now: d.now,
		Policies: func(ctx context.Context) ([]policy.Card, error) { return p.together.policies.Public(ctx) }, Posts: d.posts.Published,
	})
	p.assembly = assembly.New(assembly.Deps{DB: d.db, Log: d.trail, Letters: p.merchants, Now: d.now, Link: func(organisation, meeting string) string {
		return c.Origin + "/my/assembly/" + organisation + "/meetings/" + meeting
	}, Keys: d.keys, Join: func(token string) string { return c.Origin + "/speak/" + token }})
	d.posts.Members = p.assembly
	p.together, p.offers = d.gather(p, c.Origin), d.offer()
	d.openStations(p, c.Origin)
	p.imports = intake.New(intake.Deps{DB: d.db, Log: d.trail, Keys: d.keys, Shops: d.shops, Names: d.names, Now: d.now, Paused: func() bool { return d.frozen.Now().Frozen }})
	p.extracts = extract.New(extract.Deps{
		Shops: d.shops.Recorded(), Places: d.places, Words: d.vocabulary.Words, Names: d.names, Log: d.trail, Now: d.now, Calendar: d.holidays.Calendar, City: c.Site.City, County: c.Site.County, Origin: c.Origin,
	})
	p.webhooks = webhook.New(webhook.Deps{DB: d.db, Log: d.trail, Keys: d.keys, Mail: by, Reach: p.reach, Origin: c.Origin, Site: called(), Now: d.now})
	p.merchants.Closes = []merchant.Closing{p.assembly.MerchantCloses, p.webhooks.MerchantCloses}
	p.ledger = job.New(d.db, d.now)
	p.retention = retention.New(d.db, d.classes, d.now)
	p.consents = consent.New(consent.Deps{DB: d.db, Log: d.trail, Keys: d.keys, Shop: d.shops.Get, OpenedAt: p.stations.OpenedAt, Agreed: p.offers.leads.Agreed, Days: func() int { return d.settings.Now().ConsentDays }, Now: d.now})
	p.asks = privacy.New(privacy.Deps{DB: d.db, Log: d.trail, Keys: d.keys, Calendar: d.holidays.Calendar, Now: d.now})
	p.contacts = extract.NewContacts(d.db, p.extracts, p.owners)
	p.overview = figures.New(d.db, d.directory.Listed, d.directory.Places, d.holidays.Calendar, d.now)
	d.keepRegister(p, c.Origin)
	d.people = p
	if err := d.tellAlarms(c, by, called(), p.accounts); err != nil {
		return err
	}
	if err := d.db.Prepare(ctx); err != nil {
		return err
	}
	return d.integrity.Begin(ctx) // the collections of people are declared only now
}

// keepRegister puts on the store what coordinators do with the register as a whole.
func (d *district) keepRegister(p *people, origin string) {
	p.desk = desk.New(d.shops, d.holidays.Calendar, d.now)
	p.twins = twin.New(twin.Deps{Marks: p.together.heritage, DB: d.db, Log: d.trail, Listings: d.shops, Posts: d.posts, Seats: p.merchants, Signs: p.signs, Now: d.now})
	p.batches = bulk.New(d.db, d.trail, d.shops, p.signs, d.now)
	p.rechecks = recheck.New(recheck.Deps{
		DB: d.db, Log: d.trail, Listings: d.shops, Letters: p.merchants.AskConfirm, Now: d.now,
		Link: func(l *listing.Listing, until time.Time) string { return origin + "/confirm/" + p.links.To(l, until) },
	})
}

// owned are the shops of an account, for the monthly letter.
func (p *people) owned(ctx context.Context, accountID string) ([]insight.Shop, error) {
	shops, err := p.merchants.Owned(ctx, accountID)
	out := []insight.Shop{}
	for _, x := range shops {
		out = append(out, insight.Shop{ID: x.ID, Name: x.Name.Hans})
	}
	return out, err
}

// tellMonthly sends the figures of a month.
func (p *people) tellMonthly(origin string) func(context.Context, string, string, insight.Letter) error {
	return func(ctx context.Context, accountID, key string, l insight.Letter) error {
		return p.merchants.TellMonthly(ctx, accountID, key, monthlyArgs(origin, p.accounts.MonthlyToken(accountID), l))
	}
}

// monthlyArgs fill in a monthly letter: of one shop with the way to its figures, of several with the way to all of them.
func monthlyArgs(origin, token string, l insight.Letter) map[string]any {
	link := origin + "/my"
	if len(l.Shops) == 1 {
		link += "/shops/" + l.Shops[0].ID + "/insights"
	}
	return map[string]any{
		"Shop": l.Shops[0].Name, "Shops": len(l.Shops), "Month": int(l.Month.Month()), "Link": link, "Stop": origin + "/monthly/" + token,
		"View": l.Now.View, "Found": l.Now.Found, "Call": l.Now.Call, "Go": l.Now.Go, "Web": l.Now.Site,
		"ViewBefore": l.Before.View, "FoundBefore": l.Before.Found, "CallBefore": l.Before.Call, "GoBefore": l.Before.Go, "WebBefore": l.Before.Site,
	}
}

// thing says whose a shop is, and whether visitors may see it.
func (d *district) thing(ctx context.Context, id string) (access.Thing, bool, error) {
	l, err := d.shops.Get(ctx, id)
	return l.Thing(), l.Public(), err
}

// owners are how the owners of a merchant are reached.
func (p *people) owners(ctx context.Context, merchantID string) ([]extract.Person, error) {
	m, err := p.merchants.Get(ctx, access.System("contact list"), merchantID)
	if err != nil {
		return nil, err
	}
	out := []extract.Person{}
	for _, x := range m.Members {
		if x.Role != access.Owner {
			continue
		}
		a, err := p.accounts.Get(ctx, x.AccountID)
		if err != nil {
			return nil, err
		}
		out = append(out, extract.Person{Name: a.Name, Phone: string(a.Phone), Email: string(a.Email)})
	}
	return out, nil
}

// actor is an account as it may act now, for programs that act in its name.
func (p *people) actor(ctx context.Context, accountID string) (access.Actor, error) {
	a, err := p.accounts.Get(ctx, accountID)
	if err != nil {
		return access.Actor{}, err
	}
	by := access.Actor{AccountID: a.ID, Name: a.Name}
	if !a.Disabled {
		by.Seats, err = p.merchants.Seats(ctx, a.ID)
	}
	return by, err
}

// revision identifies everything the public pages are made from.
func (d *district) revision(ctx context.Context) (string, error) {
	shops, err := d.directory.Revision(ctx)
	if err != nil {
		return "", err
	}
	notices, err := d.people.notices.Revision(ctx)
	if err != nil {
		return "", err
	}
	others, err := d.marks.ask(time.Now(), func() (int64, error) {
		// The directory and the notices keep what they read and for how long; of all others only the numbers are asked.
		ctx := store.AtOnce(ctx)
		set, err := d.settings.Look(ctx)
		if err != nil {
			return 0, err
		}
		p, t := d.people, d.people.together
		others, err := store.Mark(ctx, p.assembly, p.stations, p.resources, p.offers.vacancies, t.activities, t.programmes, t.heritage, t.policies, t.outdoor, t.neighbours)
		return set + others, err
	})
	return shops + "." + notices + "." + strconv.FormatInt(others, 36), err
}

// reach is how an account is written to.
func (p *people) reach(ctx context.Context, accountID string) ([]string, lang.Tag, error) {
	a, err := p.accounts.Get(ctx, accountID)
	to := []string{}
	for _, x := range a.Contacts() {
		to = append(to, string(x))
	}
	return to, a.Lang, err
}

// close waits for the messages under way and closes the pictures.
func (p *people) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), lastPost)
	defer cancel()
	return errors.Join(p.accounts.Close(ctx), p.blobs.Close())
}

// inUse gives the key of every picture that a record refers to.
func (d *district) inUse(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for l, err := range d.listings.Each(ctx, store.All().Limit(500)) {
			if err != nil {
				yield("", err)
				return
			}
			for _, photo := range l.Photos {
				for _, key := range photo.Files() {
					if !yield(key, nil) {
						return
					}
				}
			}
		}
		for key, err := range d.people.notices.Blobs(ctx) {
			if !yield(key, err) || err != nil {
				return
			}
		}
		for _, blobs := range append(d.people.together.blobs(ctx), d.people.assembly.Blobs(ctx)) {
			for key, err := range blobs {
				if !yield(key, err) || err != nil {
					return
				}
			}
		}
		keys, err := d.people.merchants.EvidenceKeys(ctx)
		if err != nil {
			yield("", err)
			return
		}
		for _, key := range keys {
			if !yield(key, nil) {
				return
			}
		}
	}
}

// eraseHidden deletes what is left of hidden photos: who hides one deletes it, unless something breaks between the two.
func (d *district) eraseHidden(ctx context.Context) error {
	for l, err := range d.listings.Each(ctx, store.All().Limit(500)) {
		if err != nil {
			return err
		}
		for _, x := range l.Hidden {
			if err := d.people.photos.Delete(ctx, x.Photo); err != nil {
				return err
			}
		}
	}
	return nil
}

// services are what the site needs of d for people who sign in.
func (d *district) services() web.Services {
	p := d.people
	return web.Services{
		Accounts: p.accounts, Merchants: p.merchants, Listings: d.shops, Posts: d.posts, Places: d.places, Streets: d.editor, Walks: p.walks, Words: d.vocabulary.Words, Vocabulary: d.vocabulary, Holidays: d.holidays, Photos: p.photos,
		Reports: p.reports, Insight: p.insight, APIKeys: p.keys, Repeats: p.repeats, Links: p.links, Notices: p.notices, Assembly: p.assembly, Stations: p.stations, Resources: p.resources, Activities: p.together.activities, Programmes: p.together.programmes, Neighbours: p.together.neighbours, Heritage: p.together.heritage, Policies: p.together.policies, Outdoor: p.together.outdoor, Care: p.together.care, Guidance: p.together.guidance, Callout: p.together.callout, Vacancies: p.offers.vacancies, Leads: p.offers.leads, Visits: p.offers.visits, Trail: d.trail, Keys: d.keys, Outbox: p.outbox(), Pace: p.pace,
		Webhooks: p.webhooks, LinkHosts: p.hosts, OutLinks: p.outlinks, Jobs: p.ledger, Overview: p.overview,
		Settings: d.settings, Retention: p.retention, Consents: p.consents, Asks: p.asks,
		Alarms: d.alarms, Freeze: d.frozen, Integrity: d.integrity,
		Imports: p.imports, Extracts: p.extracts, Contacts: p.contacts,
		Signs: p.signs, Desk: p.desk, Twins: p.twins, Batches: p.batches, Rechecks: p.rechecks,
	}
}

// outbox is what the sender keeps of messages it only shows; nil for one that sends them.
func (p *people) outbox() *mail.Log { return mail.Shown(p.sender) }
