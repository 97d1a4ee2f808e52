package listing

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-playground/validator/v10"

	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/phone"
)

// Limits is how long each text of a listing may be, by the JSON path of the field. It is the one place that says so; forms, the
// sheet and the API description read it.
var Limits = map[string]lang.Limit{
	"name":               {Max: 60, Must: true},
	"name.pinyin":        {Max: 300},
	"aliases":            {Max: 60, Must: true},
	"goods":              {Max: 40, Must: true},
	"payments":           {Max: 20, Must: true},
	"address.line":       {Max: 120},
	"address.house":      {Max: 40},
	"address.unit":       {Max: 20},
	"address.hint":       {Max: 120},
	"address.street_id":  {Max: 64},
	"address.plaza_id":   {Max: 64},
	"address.unit_id":    {Max: 64},
	"description":        {Max: 2000, Prose: true},
	"website":            {Max: 300},
	"marks.certificate":  {Max: 60},
	"marks.issuer":       {Max: 60},
	"marks.evidence":     {Max: 300},
	"closure.forward_to": {Max: 120},
	"closure.forward_id": {Max: 64},
	"hours.text":         {Max: 1000, Prose: true},
	"hours.special.note": {Max: 120},
	"hours.pause.note":   {Max: 120},
	"location.method":    {Max: 60},
	"source.id":          {Max: 40},
	"source.ref":         {Max: 120},
	"source.observed":    {Max: 40},
	"source.note":        {Max: 500, Prose: true},
	"phones.label":       {Max: 12},
	"photos.by":          {Max: 64},
	"prices.name":        {Max: 40, Must: true},
	"prices.unit":        {Max: 12},
	"prices.note":        {Max: 60},
	"consents.digits":    {Max: 20, Must: true},
	"consents.version":   {Max: 20, Must: true},
	"consents.by":        {Max: 64},
	"merchant_id":        {Max: 64},
	"proposal.accounts":  {Max: 64, Must: true},
	"proposal.name":      {Max: 60},
	"returned.reason":    {Max: 300, Must: true, Prose: true},
	"returned.name":      {Max: 60},
}

// How many items the lists of a listing may have.
var counts = map[string]int{"aliases": 20, "goods": 60, "tag_ids": 40, "payments": 12, "marks": 10, "phones": phone.MaxNumbers, "prices": 60, "photos": media.MaxPhotos, "consents": phone.MaxNumbers}

// Confirmers are who can have confirmed the facts: the shop, the operator of its plaza, the district at its desk or at the door,
// or nobody but the list they were taken from.
var Confirmers = []string{"owner", "plaza", "coordinator", "survey", "source"}

const (
	maxLevel      = 120
	firstFounding = 600
	lastFounding  = 2200
	maxFen        = 1_000_000_00
	maxCode       = 32
)

var (
	codeForm = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,30}[A-Za-z0-9])?$`)
	photoKey = regexp.MustCompile(`^[0-9a-f]{32}$`)
	postcode = regexp.MustCompile(`^\d{6}$`)
	shape    = validator.New(validator.WithRequiredStructEnabled())
)

// Validate returns fault.Invalid with every wrong field, named by its JSON path, of a listing that was normalised.
func (l *Listing) Validate() error {
	var c checks
	c.facts(l)
	c.kept(l)
	if len(c.fields) == 0 {
		c.waiting(l, l.Proposal)
	}
	if r := l.Returned; r != nil {
		c.line("returned.reason", r.Reason)
		c.line("returned.name", r.Name)
		c.waiting(l, r.Proposal)
	}
	if len(c.fields) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: c.fields}
	}
	return nil
}

// facts are what the page says.
func (c *checks) facts(l *Listing) {
	c.when(!codeForm.MatchString(l.Code), "code", "error.code")
	c.when(!lang.Slug(l.Slug), "slug", "error.slug")
	c.when(!slices.Contains(States, l.State), "state", "error.listing.state")
	c.text("name", l.Name.Text)
	c.line("name.pinyin", l.Name.Pinyin)
	c.when(l.Name.SortKey != lang.SortKey(l.Name.Hans, l.Name.Pinyin), "name.sort_key", "error.listing.sort_key")
	c.list("aliases", l.Aliases)
	c.list("goods", l.Goods)
	c.list("payments", l.Payments)
	c.when(l.CategoryID != "" && !lang.Slug(l.CategoryID), "category_id", "error.slug")
	c.when(l.FormatID != "" && !lang.Slug(l.FormatID), "format_id", "error.slug")
	c.count("tag_ids", len(l.TagIDs))
	c.when(slices.ContainsFunc(l.TagIDs, func(id string) bool { return !lang.Slug(id) }), "tag_ids", "error.slug")
	c.address(&l.Address)
	if l.Location != nil {
		c.when(!l.Location.Valid(), "location", "error.geo.range")
		c.when(!l.Location.Source.Known(), "location.source_datum", "error.geo.datum")
		c.when(l.Location.AccuracyM < 0, "location.accuracy_m", "error.number")
		c.line("location.method", l.Location.Method)
	}
	c.count("phones", len(l.Phones))
	for _, n := range l.Phones {
		c.line("phones.label", n.Label)
		c.when(n.Check() != nil, "phones", "error.phone.unreadable")
	}
	c.count("consents", len(l.Consents))
	for _, x := range l.Consents {
		c.line("consents.digits", x.Digits)
		c.line("consents.version", x.Version)
		c.line("consents.by", x.By)
	}
	c.count("photos", len(l.Photos))
	for _, p := range l.Photos {
		c.when(!photoKey.MatchString(p.Key), "photos.key", "error.choice")
		c.fields = append(c.fields, p.Check("photos")...)
		c.line("photos.by", p.By)
	}
	c.count("prices", len(l.Prices))
	for _, p := range l.Prices {
		c.text("prices.name", p.Name)
		c.line("prices.unit", p.Unit)
		c.line("prices.note", p.Note)
		c.date("prices.until", p.Until)
		c.when(p.Amount < 0 || p.Amount > maxFen, "prices.amount", "error.number")
	}
	c.when(l.Spend < 0 || l.Spend > maxSpend, "spend", "error.number")
	c.hours(&l.Hours)
	if wrong, ok := errors.AsType[*fault.Error](hours.ValidateExtras(l.ExtraHours)); ok {
		c.fields = append(c.fields, wrong.Fields...)
	}
	c.text("description", l.Description)
	c.website(l.Website)
	c.marks(l.Marks)
	c.closure(l)
}

// kept are what no edit writes.
func (c *checks) kept(l *Listing) {
	c.line("merchant_id", l.MerchantID)
	c.when(l.Popularity < 0, "popularity", "error.number")
	c.date("confirmed.on", l.Confirmed.On)
	c.when(l.Confirmed.By != "" && !slices.Contains(Confirmers, l.Confirmed.By), "confirmed.by", "error.choice")
	c.line("source.id", l.Source.ID)
	c.line("source.ref", l.Source.Ref)
	c.line("source.observed", l.Source.Observed)
	c.line("source.note", l.Source.Note)
	c.date("seen_open_on", l.SeenOpenOn)
	for i := range l.Turns {
		c.turn(&l.Turns[i])
	}
	for _, day := range []struct{ name, on string }{{"on", l.Watch.On}, {"phones_on", l.Watch.PhonesOn}, {"owner_on", l.Watch.OwnerOn}} {
		c.date("watch."+day.name, day.on)
	}
	for _, x := range l.Hidden {
		c.when(!x.Reason.Known(), "hidden.reason", "error.choice")
	}
	c.when(!slices.Contains([]string{"", Often, PhoneAndOwner}, l.Watch.Why), "watch.why", "error.choice")
	c.when(slices.ContainsFunc(l.Watch.Changed, func(path string) bool { return !slices.Contains(Watched, path) }), "watch.changed", "error.choice")
}

// waiting is a change of l that waits, or was sent back: with it the page has to be as sound as without.
func (c *checks) waiting(l *Listing, p *Proposal) {
	if p == nil {
		return
	}
	for _, path := range p.Paths {
		if fieldAt[path] == nil || fieldAt[path].Class != Waits {
			c.when(true, "proposal.paths", "error.choice")
			return
		}
	}
	for _, id := range p.Accounts {
		c.line("proposal.accounts", id)
	}
	c.line("proposal.name", p.Name)
	c.when(p.Want.Address.Hint != "", "proposal.want.address.hint", "error.choice")
	with := *l
	with.Proposal = p
	with = with.Proposed()
	c.facts(&with)
}

// checks gathers the wrong fields.
type checks struct{ fields []fault.Field }

func (c *checks) when(wrong bool, name, key string) {
	if wrong {
		c.fields = append(c.fields, fault.Field{Name: name, Key: key})
	}
}

func (c *checks) line(name, s string) { c.fields = append(c.fields, Limits[name].Check(name, s)...) }

func (c *checks) text(name string, x lang.Text) {
	c.fields = append(c.fields, Limits[name].CheckText(name, x)...)
}

func (c *checks) list(name string, items []string) {
	c.count(name, len(items))
	for _, s := range items {
		c.line(name, s)
	}
}

func (c *checks) count(name string, n int) {
	if n > counts[name] {
		c.fields = append(c.fields, fault.Field{Name: name, Key: "error.list.long", Args: map[string]any{"Max": counts[name]}})
	}
}

func (c *checks) date(name, s string) {
	c.when(shape.Var(s, "omitempty,datetime=2006-01-02") != nil, name, "error.date")
}

func (c *checks) address(a *Address) {
	c.line("address.line", a.Line)
	c.line("address.house", a.House)
	c.line("address.unit", a.Unit)
	c.line("address.hint", a.Hint)
	c.line("address.street_id", a.StreetID)
	c.line("address.plaza_id", a.PlazaID)
	c.line("address.unit_id", a.UnitID)
	c.when(a.Level < -maxLevel || a.Level > maxLevel, "address.level", "error.place.level")
	c.when(a.Postcode != "" && !postcode.MatchString(a.Postcode), "address.postcode", "error.postcode")
}

func (c *checks) hours(h *hours.Hours) {
	if wrong, ok := errors.AsType[*fault.Error](hours.Validate(*h)); ok {
		for _, f := range wrong.Fields {
			f.Name = "hours." + strings.TrimPrefix(f.Name, "hours.")
			c.fields = append(c.fields, f)
		}
	}
	c.line("hours.text", h.Text)
	for _, s := range h.Special {
		c.text("hours.special.note", s.Note)
		c.date("hours.special.from", s.From)
		c.date("hours.special.to", s.To)
	}
	if h.Pause != nil {
		c.text("hours.pause.note", h.Pause.Note)
		c.date("hours.pause.from", h.Pause.From)
		c.date("hours.pause.until", h.Pause.Until)
	}
}

// website must be an address people can safely be sent to: no other scheme, and no user name that could pass for a host.
func (c *checks) website(s string) {
	c.line("website", s)
	u, err := url.Parse(s)
	c.when(s != "" && (shape.Var(s, "http_url") != nil || err != nil || u.User != nil), "website", "error.url")
}

func (c *checks) marks(marks []Mark) {
	c.count("marks", len(marks))
	for _, m := range marks {
		c.when(!lang.Slug(m.Kind), "marks.kind", "error.choice")
		c.when(m.Level != "" && !lang.Slug(m.Level), "marks.level", "error.choice")
		c.line("marks.certificate", m.Certificate)
		c.line("marks.issuer", m.Issuer)
		c.line("marks.evidence", m.Evidence)
		c.when(m.Founded != 0 && (m.Founded < firstFounding || m.Founded > lastFounding), "marks.founded", "error.number")
		c.date("marks.review_on", m.ReviewOn)
	}
}

func (c *checks) closure(l *Listing) {
	x := l.Closure
	if x == nil {
		c.when(l.State == Closed, "closure.kind", "error.text.empty")
		return
	}
	c.when(l.State != Closed && l.State != Archived, "closure", "error.listing.closure")
	c.when(x.Kind != Moved && x.Kind != Ceased, "closure.kind", "error.choice")
	c.date("closure.on", x.On)
	c.line("closure.forward_to", x.ForwardTo)
	c.line("closure.forward_id", x.ForwardID)
	c.when(x.Kind == Ceased && (x.ForwardTo != "" || x.ForwardID != ""), "closure.forward_to", "error.listing.forward")
	c.when(x.ForwardID != "" && x.ForwardID == l.ID, "closure.forward_id", "error.listing.forward")
}
