// Package setting keeps what an administrator sets without starting the program anew: what the site is called, who answers for it, its
// filing numbers, the languages it offers, and how long some records are kept. There is one document. Secrets,
// addresses, senders and the ranges of the office stay with whoever runs the machine (server/config).
package setting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Values are the settings. They are checked as a whole: whoever reads them need not check again.
type Values struct {
	Name       lang.Text `json:"name"`
	Operator   string    `json:"operator"`   // 主办: who answers for the site
	Undertaker string    `json:"undertaker"` // 承办: who runs it for them
	Phone      string    `json:"phone"`
	ICP        string    `json:"icp"`       // 沪ICP备12345678号-1
	Police     string    `json:"police"`    // 沪公网安备 31011702000000号
	SiteCode   string    `json:"site_code"` // 网站标识码 of a site of the administration: 10 digits
	Complaints string    `json:"complaints"`
	// Languages are offered; that of record is always among them. Pages in the others keep their addresses, and nothing leads there.
	Languages []lang.Tag `json:"languages"`
	// TrailDays and ConsentDays are how long the trail is kept, and a consent after it was taken back.
	TrailDays   int `json:"trail_days"`
	ConsentDays int `json:"consent_days"`
}

// The limits. The least time of the trail is that of the law, see audit.Least.
const (
	MaxText = 60 // characters of a line
	MaxDays = 3650
	// LeastDays is the least for the trail; ConsentDays has no law but the proof it is for.
	LeastDays = int(audit.Least / (24 * time.Hour))
	// LeastConsent is how long a consent that was taken back can still be asked about.
	LeastConsent = 90
)

// Set is the document. Each write is a new edition, numbered by the revision of the store; the latest Kept editions can be put in force again.
type Set struct {
	store.Meta
	audit.Trail
	Values
	At      time.Time `json:"at"`
	By      string    `json:"by"` // account
	ByName  string    `json:"by_name"`
	Earlier []Edition `json:"earlier"` // the newest first
}

// Edition is the settings as they were.
type Edition struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	ByName string    `json:"by_name"`
	Values Values    `json:"values"`
}

// Kept is how many earlier editions there are at most.
const Kept = 20

const (
	kind   = "setting"
	theOne = "settings"
)

// Service keeps the settings. It is safe for concurrent use.
type Service struct {
	docs    *audit.Recorded[Set]
	initial Values
	now     func() time.Time
	cur     *store.Latest[Set]
}

// New returns the settings on db. initial are those of the environment, in force until somebody sets others.
func New(db store.DB, log *audit.Log, initial Values, now func() time.Time) *Service {
	coll := store.NewCollection[Set](db, kind, store.Follow("audit"), store.Sealed())
	s := &Service{docs: audit.Record(coll, log, kind, audit.Hide("earlier")), initial: complete(initial), now: now}
	s.cur = store.NewLatest(Set{Values: s.initial}, s.docs.Revision, s.read)
	return s
}

// complete gives what the environment has no word for its usual value.
func complete(v Values) Values {
	if len(v.Languages) == 0 {
		v.Languages = slices.Clone(lang.Tags)
	}
	if v.TrailDays == 0 {
		v.TrailDays = LeastDays
	}
	if v.ConsentDays == 0 {
		v.ConsentDays = MaxDays / 10 * 3 // three years, as long as a claim can be brought (民法典 188)
	}
	return v
}

// Now returns the settings in force when they were last looked at. They are shared: nobody changes them.
func (s *Service) Now() Values { return s.cur.Now().Values }

// Look brings Now up to the store and returns a mark that is another after every change. It answers from memory while nothing changed.
func (s *Service) Look(ctx context.Context) (string, error) { return s.cur.Look(ctx) }

func (s *Service) read(ctx context.Context, was Set) (Set, error) {
	set, err := s.docs.Get(ctx, theOne)
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case ok && f.Kind == fault.NotFound:
		return Set{Values: s.initial}, nil
	case ok && f.Key == "error.altered": // an alarm sounds; a site that says nothing at all would be worse
		slog.ErrorContext(ctx, "the settings stay as they were", "error", err)
		return was, nil
	}
	return set, err
}

// Get returns the settings with their earlier editions; revision 0: nobody has set any, and those of the environment are in force.
func (s *Service) Get(ctx context.Context, by access.Actor) (Set, error) {
	if err := access.Require(by, access.SettingRead, access.Thing{Kind: kind}); err != nil {
		return Set{}, err
	}
	set, err := s.docs.Get(ctx, theOne)
	if fault.Is(err, fault.NotFound) {
		return Set{Values: s.initial}, nil
	}
	return set, err
}

// Put puts settings in force over edition number: fault.Invalid with a field for each that cannot be, fault.Conflict when another edition
// is in force.
func (s *Service) Put(ctx context.Context, by access.Actor, number int64, v Values) (Set, error) {
	v = clean(v)
	if err := access.Require(by, access.SettingEdit, access.Thing{Kind: kind}); err != nil {
		return Set{}, err
	}
	if wrong := v.wrong(); len(wrong) > 0 {
		return Set{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	return s.put(ctx, by, number, "", func(*Set) (Values, error) { return v, nil })
}

// Back puts an earlier edition in force again, number 0 being that of the environment: fault.NotFound for one that is not kept.
func (s *Service) Back(ctx context.Context, by access.Actor, number, to int64) (Set, error) {
	if err := access.Require(by, access.SettingEdit, access.Thing{Kind: kind}); err != nil {
		return Set{}, err
	}
	return s.put(ctx, by, number, fmt.Sprintf("edition %d", to), func(set *Set) (Values, error) {
		if to == 0 {
			return s.initial, nil
		}
		for _, e := range set.Earlier {
			if e.Number == to {
				return e.Values, nil
			}
		}
		return Values{}, fault.New(fault.NotFound, "error.not_found", fmt.Errorf("setting: edition %d is not kept", to))
	})
}

func (s *Service) put(ctx context.Context, by access.Actor, number int64, why string, next func(*Set) (Values, error)) (Set, error) {
	w := audit.Write{Action: access.SettingEdit, Why: why}
	stamp := func(set *Set, v Values) { set.Values, set.At, set.By, set.ByName = v, s.now(), by.AccountID, by.Name }
	var out Set
	var err error
	if number == 0 {
		out = Set{Meta: store.Meta{ID: theOne}, Earlier: []Edition{}}
		v, bad := next(&out)
		if bad != nil {
			return Set{}, bad
		}
		stamp(&out, v)
		if err = s.docs.Insert(ctx, by, w, &out); fault.Is(err, fault.Conflict) {
			err = fault.New(fault.Conflict, "error.stale", err)
		}
	} else {
		out, err = s.docs.Update(ctx, by, w, theOne, number, func(set *Set) error {
			v, err := next(set)
			if err != nil {
				return err
			}
			set.Earlier = slices.Insert(set.Earlier, 0, Edition{set.Rev, set.At, set.By, set.ByName, set.Values})
			set.Earlier = set.Earlier[:min(len(set.Earlier), Kept)]
			stamp(set, v)
			return nil
		})
	}
	if err != nil {
		return Set{}, err
	}
	_, err = s.Look(ctx)
	return out, err
}

func clean(v Values) Values {
	v.Name = v.Name.Clean()
	for _, x := range []*string{&v.Operator, &v.Undertaker, &v.Phone, &v.ICP, &v.Police, &v.SiteCode, &v.Complaints} {
		*x = lang.Clean(*x)
	}
	offered := []lang.Tag{lang.Hans}
	for _, t := range lang.Tags {
		if t != lang.Hans && slices.Contains(v.Languages, t) {
			offered = append(offered, t)
		}
	}
	v.Languages = offered
	return v
}

var (
	icpForm    = regexp.MustCompile(`^\p{Han}ICP[备证][0-9A-Za-z-]{1,20}号(-\d{1,4})?$`)
	policeForm = regexp.MustCompile(`^\p{Han}公网安备\s?[0-9]{6,20}号?$`)
	codeForm   = regexp.MustCompile(`^[0-9A-Z]{10}$`)
	phoneForm  = regexp.MustCompile(`^[0-9+][0-9 +()（）转、,，/-]{4,39}$`)
)

// wrong says what cannot be.
func (v *Values) wrong() []fault.Field {
	line := lang.Limit{Max: MaxText}
	out := (lang.Limit{Max: MaxText, Must: true}).CheckText("name", v.Name)
	for _, x := range []struct{ name, text string }{
		{"operator", v.Operator}, {"undertaker", v.Undertaker}, {"complaints", v.Complaints}, {"phone", v.Phone}, {"icp", v.ICP}, {"police", v.Police}, {"site_code", v.SiteCode},
	} {
		out = append(out, line.Check(x.name, x.text)...)
	}
	if len(out) == 0 { // only what can be read at all has a form
		for _, x := range []struct {
			text string
			form *regexp.Regexp
			bad  fault.Field
		}{
			{v.Phone, phoneForm, fault.Field{Name: "phone", Key: "setting.wrong.phone"}},
			{v.ICP, icpForm, fault.Field{Name: "icp", Key: "setting.wrong.icp"}},
			{v.Police, policeForm, fault.Field{Name: "police", Key: "setting.wrong.police"}},
			{v.SiteCode, codeForm, fault.Field{Name: "site_code", Key: "setting.wrong.site_code"}},
		} {
			if x.text != "" && !x.form.MatchString(x.text) {
				out = append(out, x.bad)
			}
		}
	}
	for _, x := range []struct {
		name        string
		days, least int
	}{{"trail_days", v.TrailDays, LeastDays}, {"consent_days", v.ConsentDays, LeastConsent}} {
		if x.days < x.least || x.days > MaxDays {
			out = append(out, fault.Field{Name: x.name, Key: "setting.wrong.days", Args: map[string]any{"Least": x.least, "Most": MaxDays}})
		}
	}
	return out
}
