// Package idempotency lets a request that creates, sends or publishes something be sent again safely: whoever gives it a key of
// their own gets the same answer for the same request, and what it does is done once. (draft-ietf-httpapi-idempotency-key)
package idempotency

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/secret"
	"shangquan/services/store"
)

const (
	// Keep is how long an answer is kept: whoever tries again a day later has read what came of it.
	Keep = 24 * time.Hour
	// abandoned is after how long a request that has not ended never will: no request of the site may run that long. The program
	// was killed in it, and the next try takes its place.
	abandoned = time.Minute

	minKey, maxKey = 16, 64
	purpose        = "idempotency answer"
)

// Answer is what a request was answered with.
type Answer struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	Body   []byte            `json:"body"`
}

// Request is what a key is good for: one route, one body.
type Request struct {
	Key   string // as in the header Idempotency-Key, quotes or not
	Route string // the method and the route: "POST /api/v1/keys"
	Body  []byte
}

// kept is one key. Nothing in it names the client: the id is a hash over the client and the key, the answer is sealed.
type kept struct {
	store.Meta
	Body    string    `json:"body"`    // hash of the request's body
	Started time.Time `json:"started"` // by whoever is at it
	Until   time.Time `json:"until"`
	// Answer is sealed, because an answer can hold what is shown once. It may hold personal data of the client's own request;
	// purpose: to repeat it; retention: Keep. Empty while the request runs.
	Answer string `json:"answer"`
}

// Service keeps the keys.
type Service struct {
	coll *store.Collection[kept]
	keys *secret.Ring
	now  func() time.Time
}

// New returns the service on db.
func New(db store.DB, keys *secret.Ring, now func() time.Time) *Service {
	return &Service{store.NewCollection[kept](db, "idempotency", store.Index("until")), keys, now}
}

// Do runs work once for the key of this actor on this route and returns its answer, at once or again within a day; again says
// which. Different actors never meet, even with the same key.
//
// work is given the id of the operation, which is the same at every try: a document inserted under it is made once, even when the
// program was killed between that and the answer. What work returns an error for is not kept: the key is free again, so that a
// wrong field can be put right.
//
// fault.Invalid: the key is not 16 to 64 visible characters, or it was used for another body; fault.Conflict: a request with the
// key is still running.
func (s *Service) Do(ctx context.Context, by access.Actor, r Request, work func(ctx context.Context, op string) (Answer, error)) (answer Answer, again bool, err error) {
	key, err := parse(r.Key)
	if err != nil {
		return Answer{}, false, err
	}
	mine, old, err := s.take(ctx, kept{
		Meta: store.Meta{ID: hash(who(by), r.Route, key)}, Body: hash(string(r.Body)),
		Started: s.now(), Until: s.now().Add(Keep),
	})
	if err != nil || old != nil {
		if err == nil {
			answer = *old
		}
		return answer, old != nil, err
	}
	// Whoever hung up in the middle still gets the answer at the next try, so what follows the work does not end with the request.
	after := context.WithoutCancel(ctx)
	done := false
	defer func() {
		if !done {
			// Where even this does not get through, the key counts as abandoned after a minute.
			if _, e := s.coll.Erase(after, mine); e != nil {
				err = errors.Join(err, e)
			}
		}
	}()
	answer, err = work(ctx, mine.ID)
	if err != nil {
		return Answer{}, false, err
	}
	done = true
	return answer, false, s.keep(after, mine, answer)
}

// take makes the key ours, or returns the answer that it has.
func (s *Service) take(ctx context.Context, want kept) (mine kept, old *Answer, err error) {
	mine = want
	err = s.coll.Insert(ctx, &mine)
	if !fault.Is(err, fault.Conflict) {
		return mine, nil, err
	}
	was, err := s.coll.Get(ctx, want.ID)
	switch {
	case fault.Is(err, fault.NotFound): // it was given back this moment
		return mine, nil, running()
	case err != nil:
		return mine, nil, err
	case !s.now().Before(was.Until), was.Answer == "" && s.now().Sub(was.Started) >= abandoned:
		mine, err = s.coll.Update(ctx, was.ID, was.Rev, func(k *kept) error {
			meta := k.Meta
			*k = want
			k.Meta = meta
			return nil
		})
		if fault.Is(err, fault.Conflict) { // somebody else took its place first
			return mine, nil, running()
		}
		return mine, nil, err
	case was.Body != want.Body:
		return mine, nil, fault.New(fault.Invalid, "error.idempotency.body", nil)
	case was.Answer == "":
		return mine, nil, running()
	}
	old = &Answer{}
	b, err := s.keys.Open(purpose, was.Answer)
	if err == nil {
		err = json.Unmarshal(b, old)
	}
	return mine, old, err
}

func running() error { return fault.New(fault.Conflict, "error.idempotency.running", nil) }

func (s *Service) keep(ctx context.Context, mine kept, a Answer) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	sealed, err := s.keys.Seal(purpose, b)
	if err != nil {
		return err
	}
	_, err = s.coll.Update(ctx, mine.ID, mine.Rev, func(k *kept) error { k.Answer = sealed; return nil })
	return err
}

// Sweep erases the keys whose time is over and returns how many those were. A worker runs it now and then.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	erased := 0
	for {
		page, err := s.coll.Find(ctx, store.Where("until", store.Lte, s.now()).Limit(200))
		if err != nil || len(page.Items) == 0 {
			return erased, err
		}
		n, err := s.coll.Erase(ctx, page.Items...)
		erased += n
		if err != nil || n == 0 {
			return erased, err
		}
	}
}

// parse reads the header: a string of structured fields has quotes around it, and most clients leave them out.
func parse(header string) (string, error) {
	k := header
	if len(k) > 1 && k[0] == '"' && k[len(k)-1] == '"' {
		k = k[1 : len(k)-1]
	}
	if len(k) < minKey || len(k) > maxKey || strings.ContainsFunc(k, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fault.New(fault.Invalid, "error.idempotency.key", nil)
	}
	return k, nil
}

// who tells actors apart: a key acts for itself, and a visitor without an account is the address.
func who(a access.Actor) string {
	switch {
	case a.System != "":
		return "system " + a.System
	case a.Key != nil:
		return "key " + a.Key.ID
	case a.AccountID != "":
		return "account " + a.AccountID
	}
	return "address " + a.Client.String()
}

// hash is over the parts with their lengths, so that no two lists of parts have the same one.
func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		_, _ = h.Write([]byte(p))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
