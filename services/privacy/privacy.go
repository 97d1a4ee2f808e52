// Package privacy takes what a person asks about the own data 个人信息申请: to see it, to have it put right, to have it erased (Personal
// Information Protection Law, articles 44 to 50; requirement PRV-03). Every ask has a number and a day by which it is answered, and its
// person reads the answer.
package privacy

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/job"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Object is what the trail calls asks; it is the purpose of the key that seals them, too.
const Object = "privacy_ask"

// Kind is what somebody asks.
type Kind string

// The kinds.
const (
	See   Kind = "see"
	Right Kind = "right" // put right what is wrong
	Erase Kind = "erase"
)

// Kinds lists them in the order people choose from.
var Kinds = []Kind{See, Right, Erase}

// WorkingDays is how long the district has for an answer.
const WorkingDays = 15

// Keep is how many days the words of an ask are kept after its answer: as long as somebody may still complain of it in court.
const Keep = 3 * 365

// MaxText bounds what is asked and what is answered, in runes.
const MaxText = 500

// Ask is one question. Personal: whose it is and, sealed, what was asked and answered; kept Keep days after the answer.
type Ask struct {
	store.Meta
	audit.Trail
	Number string `json:"number"`
	Kind   Kind   `json:"kind"`
	// Slot keeps a second ask of the same kind out while one is open.
	Slot      string `json:"slot"`
	AccountID string `json:"account_id"`
	Sealed    string `json:"sealed"` // Words
	Due       string `json:"due"`    // day
	Open      bool   `json:"open"`
	// AnsweredAt and By say when it was answered and by which account; zero and empty while it is open.
	AnsweredAt time.Time `json:"answered_at"`
	By         string    `json:"by"`
}

// Words are what was asked, and what was answered.
type Words struct {
	Text   string `json:"text"`
	Answer string `json:"answer"`
}

// Late reports whether the day of the answer is over and there is none.
func (a *Ask) Late(now time.Time) bool { return a.Open && calendar.Today(now).String() > a.Due }

// Thing is what permission is asked for: an ask is its person's.
func (a *Ask) Thing() access.Thing {
	return access.Thing{Kind: Object, ID: a.ID, AccountID: a.AccountID}
}

// Deps are what New needs.
type Deps struct {
	DB       store.DB
	Log      *audit.Log
	Keys     *secret.Ring
	Calendar func() *calendar.Calendar
	Now      func() time.Time
}

// Service keeps the asks. It is safe for concurrent use.
type Service struct {
	Deps
	docs *audit.Recorded[Ask]
}

// New returns the asks on d.DB.
func New(d Deps) *Service {
	coll := store.NewCollection[Ask](d.DB, "privacy_asks", store.Unique("number"), store.Unique("slot"), store.Index("account_id", "created_at"),
		store.Index("open", "due"), store.Index("open", "created_at"), store.Index("answered_at"), store.Follow("audit"))
	return &Service{d, audit.Record(coll, d.Log, Object, audit.Hide("sealed", "slot"))}
}

var (
	textLimit   = lang.Limit{Max: MaxText, Prose: true}
	answerLimit = lang.Limit{Max: MaxText, Prose: true, Must: true}
)

// Send asks something for the account of by. What is to be put right or erased has to be said: fault.Invalid. fault.Conflict while the same
// is open.
func (s *Service) Send(ctx context.Context, by access.Actor, kind Kind, text string) (Ask, error) {
	a := Ask{Kind: kind, AccountID: by.AccountID, Slot: strings.Join([]string{by.AccountID, string(kind)}, "/"), Open: true}
	if err := access.Require(by, access.PrivacyAsk, a.Thing()); err != nil {
		return Ask{}, err
	}
	text = lang.Clean(text)
	limit := textLimit
	limit.Must = kind != See
	wrong := limit.Check("text", text)
	if !slices.Contains(Kinds, kind) {
		wrong = append(wrong, fault.Field{Name: "kind", Key: "error.choice"})
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Ask{}, err
	}
	var err error
	if a.Sealed, err = s.seal(Words{Text: text}); err != nil {
		return Ask{}, err
	}
	a.Due = s.Calendar().AfterWorking(calendar.Today(s.Now()), WorkingDays).String()
	x := rand.Text()
	a.Number = x[:4] + "-" + x[4:8]
	err = s.docs.Insert(ctx, by, audit.Write{Action: access.PrivacyAsk, Title: a.Number}, &a)
	if fault.Is(err, fault.Conflict) {
		err = fault.New(fault.Conflict, "privacy.wrong.open", err)
	}
	return a, err
}

// Own returns what by asked, the latest first.
func (s *Service) Own(ctx context.Context, by access.Actor) ([]Ask, error) {
	if err := access.Require(by, access.PrivacyAsk, access.Thing{Kind: Object, AccountID: by.AccountID}); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("account_id", store.Eq, by.AccountID).OrderBy("created_at", store.Desc).Limit(100))
	return page.Items, err
}

// Waiting returns what is open, the one due first first, and Answered the latest that are not.
func (s *Service) Waiting(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Ask], error) {
	if err := access.Require(by, access.PrivacyAnswer, access.Thing{Kind: Object}); err != nil {
		return store.Page[Ask]{Items: []Ask{}}, err
	}
	return s.docs.Find(ctx, store.Where("open", store.Eq, true).OrderBy("due", store.Asc).Limit(limit).After(cursor))
}

// Answered returns the latest that were answered.
func (s *Service) Answered(ctx context.Context, by access.Actor, limit int) ([]Ask, error) {
	if err := access.Require(by, access.PrivacyAnswer, access.Thing{Kind: Object}); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("answered_at", store.Gt, time.UnixMilli(0)).OrderBy("answered_at", store.Desc).Limit(limit))
	return page.Items, err
}

// Get returns an ask to who answers: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Ask, error) {
	if err := access.Require(by, access.PrivacyAnswer, access.Thing{Kind: Object, ID: id}); err != nil {
		return Ask{}, err
	}
	return s.docs.Get(ctx, id)
}

// Read returns the words of an ask to its person and to who answers.
func (s *Service) Read(by access.Actor, a *Ask) (Words, error) {
	var w Words
	if err := access.Require(by, access.PrivacyAnswer, a.Thing()); err != nil {
		if err := access.Require(by, access.PrivacyAsk, a.Thing()); err != nil {
			return w, err
		}
	}
	if a.Sealed == "" {
		return w, nil
	}
	plain, err := s.Keys.Open(Object, a.Sealed)
	if err == nil {
		err = json.Unmarshal(plain, &w)
	}
	if err != nil {
		return w, fault.New(fault.Internal, "error.internal", err)
	}
	return w, nil
}

// Answer answers what was shown at revision rev, once: fault.Conflict. fault.Invalid without words.
func (s *Service) Answer(ctx context.Context, by access.Actor, id string, rev int64, text string) (Ask, error) {
	a, err := s.Get(ctx, by, id)
	if err != nil {
		return Ask{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Ask{}, err
	}
	text = lang.Clean(text)
	if err := fault.Wrongs(answerLimit.Check("text", text)); err != nil {
		return Ask{}, err
	}
	w, err := s.Read(by, &a)
	if err != nil {
		return Ask{}, err
	}
	w.Answer = text
	sealed, err := s.seal(w)
	if err != nil {
		return Ask{}, err
	}
	now := s.Now()
	return s.docs.Update(ctx, by, audit.Write{Action: access.PrivacyAnswer, Title: a.Number}, id, rev, func(a *Ask) error {
		if !a.Open {
			return fault.New(fault.Conflict, "privacy.wrong.answered", errors.New("privacy: it was answered"))
		}
		a.Open, a.Slot, a.Sealed, a.AnsweredAt, a.By = false, "-"+a.ID, sealed, now, by.AccountID
		return nil
	})
}

func (s *Service) seal(w Words) (string, error) {
	plain, err := json.Marshal(w)
	if err != nil {
		return "", fault.New(fault.Internal, "error.internal", err)
	}
	return s.Keys.Seal(Object, plain)
}

// Totals returns how many asks came in a year of the district, and how many of those are answered. Small numbers may tell who it was: who
// shows them withholds them.
func (s *Service) Totals(ctx context.Context, year int) (received, answered int, err error) {
	counts, err := s.docs.CountBy(ctx, "open", store.Created(calendar.YearSpan(year)))
	return counts["true"] + counts["false"], counts["false"], err
}

// Sweep forgets the words and the person of what was answered long enough ago, and returns of how many. The number, the kind and the days
// stay: they are about nobody.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	page, err := s.docs.Find(ctx, store.Where("answered_at", store.Gt, time.UnixMilli(0)).And("answered_at", store.Lt, s.Now().AddDate(0, 0, -Keep)).
		And("account_id", store.Gt, "").Limit(200))
	if err != nil {
		return 0, err
	}
	return job.Each(page.Items, func(a *Ask) (bool, error) {
		_, err := s.docs.Update(ctx, access.System("privacy"), audit.Write{Action: access.PrivacyErase, Why: "kept long enough"}, a.ID, 0, func(a *Ask) error {
			a.AccountID, a.Sealed, a.By = "", "", ""
			return nil
		})
		return err == nil, err
	})
}
