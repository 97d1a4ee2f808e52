package notice

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/lastknown"
	"shangquan/services/listing"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Letters reach the people of a shop.
type Letters interface {
	// ShopPeople returns the accounts of the people of a shop in one of the roles; none: in any.
	ShopPeople(ctx context.Context, listingID string, roles []access.Role) ([]string, error)
	// TellNotice sends an account a message; sent twice with the same key it arrives once where the engine can tell. Somebody who cannot be
	// reached is no error. args are Shop, Notice, Due, Instruction and Link.
	TellNotice(ctx context.Context, accountID, key string, emergency bool, args map[string]any) error
}

// Deps are what New needs.
type Deps struct {
	DB   store.DB
	Log  *audit.Log
	Keys *secret.Ring
	// Listed returns the published shops in the order one walks past them, and what identifies this list. They are shared: nobody changes
	// them.
	Listed func(ctx context.Context) (shops []*listing.Listing, revision string, err error)
	// Shop returns a shop in any state: fault.NotFound.
	Shop    func(ctx context.Context, id string) (listing.Listing, error)
	Letters Letters // nil: nobody is reminded
	// Hosts returns the hosts outside this site that notices link to now.
	Hosts func(context.Context) Hosts
	// Link returns the address of the page behind a token of Links.
	Link func(token string) string
	Now  func() time.Time
}

// Service keeps the notices. It is safe for concurrent use.
type Service struct {
	Deps
	docs     *audit.Recorded[Notice]
	versions *store.Collection[Version]
	roll     *store.Collection[Receipt] // rows nobody has done anything with yet
	receipts *audit.Recorded[Receipt]
	letters  *store.Collection[allowance]

	board  *lastknown.Value[Board]
	rolled sync.Map // of notices, by id: rolledAt
}

// New returns the notices on d.DB.
func New(d Deps) *Service {
	roll := declareReceipts(d.DB)
	s := &Service{
		Deps: d,
		docs: audit.Record(store.NewCollection[Notice](d.DB, "notices",
			store.Index("state", "updated_at"), store.Index("public", "public_at"), store.Index("due_at"), store.Follow("audit"), store.Follow("webhook"), store.Sealed()), d.Log, kind),
		versions: store.NewCollection[Version](d.DB, "notice_versions", store.Index("notice_id", "n"), store.Sealed()),
		roll:     roll,
		receipts: audit.Record(roll, d.Log, kindReceipt, audit.Hide("help", "name_by", "past")),
		letters:  declareAllowances(d.DB),
	}
	s.board = lastknown.New(lastknown.Source[Board]{Name: "notices", Fresh: Fresh, Clock: func() time.Time { return s.Now() }, Log: slog.Default(), Read: s.read})
	return s
}

// Pending returns notices that were written and that a follower has not dealt with; see store.Collection.Pending.
func (s *Service) Pending(ctx context.Context, follower string, limit int) ([]Notice, error) {
	return s.docs.Pending(ctx, follower, limit)
}

// Delivered says that a follower has dealt with a notice as it was at rev.
func (s *Service) Delivered(ctx context.Context, follower, id string, rev int64) error {
	return s.docs.Delivered(ctx, follower, id, rev)
}

// Published returns the version of a notice that is public, or was last: fault.NotFound when none ever was. The working copy may say
// something else, and be for others.
func (s *Service) Published(ctx context.Context, n *Notice) (Version, error) {
	ref, ok := n.Current()
	if !ok {
		return Version{}, fault.Missing()
	}
	return s.versions.Get(ctx, versionID(n.ID, ref.N, ref.Hash))
}

func write(act access.Action, n *Notice, why string) audit.Write {
	return audit.Write{Action: act, Title: n.Content.Title.Hans, Why: why}
}

// Create adds a draft: fault.Invalid names the fields.
func (s *Service) Create(ctx context.Context, by access.Actor, c Content) (Notice, error) {
	if err := access.Require(by, access.NoticeWrite, access.Thing{Kind: kind}); err != nil {
		return Notice{}, err
	}
	c = c.canonical()
	if err := c.check(s.Now()); err != nil {
		return Notice{}, err
	}
	n := Notice{Content: c, State: Draft, Editors: []string{actor(by)}, Author: by.Name, DueAt: never}
	err := s.docs.Insert(ctx, by, write(access.NoticeWrite, &n, ""), &n)
	return n, err
}

// Replace writes c over revision rev of a notice. What the public reads stays until it is published again; an approval ends.
// fault.NotFound, fault.Invalid; fault.Conflict when rev is not current or the notice is over.
func (s *Service) Replace(ctx context.Context, by access.Actor, id string, rev int64, c Content) (Notice, error) {
	c = c.canonical()
	return s.change(ctx, by, access.NoticeWrite, id, rev, "", func(n *Notice) error {
		now := s.Now()
		if err := c.check(now); err != nil {
			return err
		}
		return n.edit(by, c)
	})
}

// Submit gives a draft to a second person. The audience must match some shop, or be everybody: fault.Invalid.
func (s *Service) Submit(ctx context.Context, by access.Actor, id string, rev int64) (Notice, error) {
	if err := s.ready(ctx, by, access.NoticeWrite, id); err != nil {
		return Notice{}, err
	}
	return s.change(ctx, by, access.NoticeWrite, id, rev, "submit", (*Notice).submit)
}

// Approve gives the leave to publish what has this hash (Content.Hash of what was shown). Somebody who wrote it cannot:
// fault.Conflict; also when it says something else by now.
func (s *Service) Approve(ctx context.Context, by access.Actor, id string, rev int64, hash string) (Notice, error) {
	return s.change(ctx, by, access.NoticeApprove, id, rev, "approve", func(n *Notice) error { return n.approve(by, hash, s.Now()) })
}

// maxReason bounds why something is returned or withdrawn.
const maxReason = 200

// Return gives a submitted or approved notice back to its authors, with a reason they read: fault.Invalid.
func (s *Service) Return(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Notice, error) {
	reason = lang.Clean(reason)
	return s.change(ctx, by, access.NoticeApprove, id, rev, reason, func(n *Notice) error {
		if wrong := (lang.Limit{Max: maxReason, Prose: true, Must: true}).Check("reason", reason); len(wrong) > 0 {
			return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
		}
		return n.giveBack(by, reason, s.Now())
	})
}

// Publish makes the working copy public, at Content.PublishAt where that lies ahead: fault.Conflict when it needs the approval of a second
// person and has not got it for exactly this, fault.Invalid when its audience matches nobody or its time is over.
func (s *Service) Publish(ctx context.Context, by access.Actor, id string, rev int64) (Notice, error) {
	return s.publish(ctx, by, access.NoticePublish, stepPublish, id, rev)
}

// PublishEmergency makes an emergency notice public at once, without approval, for EmergencyFor at most, whatever is corrected in it
// meanwhile. It takes a fresh check of who is there. fault.Conflict when the same person published the same, or MaxAlone notices, alone
// lately: then a second person approves it.
func (s *Service) PublishEmergency(ctx context.Context, by access.Actor, id string, rev int64) (Notice, error) {
	return s.publish(ctx, by, access.NoticeEmergency, stepEmergency, id, rev)
}

// Withdraw takes a notice back for good, with a reason the public and the shops read where it was public.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Notice, error) {
	reason = lang.Clean(reason)
	return s.change(ctx, by, access.NoticeWithdraw, id, rev, reason, func(n *Notice) error {
		if wrong := (lang.Limit{Max: maxReason, Prose: true, Must: n.Version() > 0}).Check("reason", reason); len(wrong) > 0 {
			return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
		}
		return n.withdraw(reason, s.Now())
	})
}

// Revert puts an earlier published version in place of the working copy. It is a change like any other: what needs approval waits for it.
// An expiry that is over stays as it is now.
func (s *Service) Revert(ctx context.Context, by access.Actor, id string, rev int64, version int) (Notice, error) {
	old, err := s.version(ctx, by, access.NoticeWrite, id, version)
	if err != nil {
		return Notice{}, err
	}
	return s.change(ctx, by, access.NoticeWrite, id, rev, "revert", func(n *Notice) error {
		c := old.Content
		if !c.ExpiresAt.After(s.Now()) {
			c.ExpiresAt = n.Content.ExpiresAt
		}
		if c.MustConfirm && c.Due < s.Now().Format(time.DateOnly) {
			c.Due = n.Content.Due
		}
		c = c.canonical()
		if err := c.check(s.Now()); err != nil {
			return err
		}
		return n.edit(by, c)
	})
}

// change changes a notice at the revision that was shown.
func (s *Service) change(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, why string, f func(*Notice) error) (Notice, error) {
	if err := access.Require(by, act, access.Thing{Kind: kind, ID: id}); err != nil {
		return Notice{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Notice{}, err
	}
	return s.docs.UpdateAs(ctx, by, id, rev, func(n *Notice) (audit.Write, error) {
		err := f(n)
		return write(act, n, why), err
	})
}

// Get returns a notice in any state, for those who work on notices: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Notice, error) {
	return s.get(ctx, by, access.NoticeRead, id)
}

func (s *Service) get(ctx context.Context, by access.Actor, act access.Action, id string) (Notice, error) {
	if err := access.Require(by, act, access.Thing{Kind: kind, ID: id}); err != nil {
		return Notice{}, err
	}
	return s.docs.Get(ctx, id)
}

// List returns the notices in one of the states, those written last first, a page at a time.
func (s *Service) List(ctx context.Context, by access.Actor, states []State, cursor string, limit int) (store.Page[Notice], error) {
	if err := access.Require(by, access.NoticeRead, access.Thing{Kind: kind}); err != nil {
		return store.Page[Notice]{Items: []Notice{}}, err
	}
	return s.docs.Find(ctx, store.Where("state", store.In, texts(states)).OrderBy("updated_at", store.Desc).Limit(limit).After(cursor))
}

// Counts returns how many notices are in each state.
func (s *Service) Counts(ctx context.Context, by access.Actor) (map[State]int, error) {
	if err := access.Require(by, access.NoticeRead, access.Thing{Kind: kind}); err != nil {
		return nil, err
	}
	byState, err := s.docs.CountBy(ctx, "state", store.Where("state", store.In, texts(States)))
	out := map[State]int{}
	for k, n := range byState {
		out[State(k)] = n
	}
	return out, err
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// Reach is whom an audience matches now.
type Reach struct {
	// Shops are in the order one walks past them. They are shared: nobody changes them.
	Shops []*listing.Listing
}

// Preview returns which shops an audience matches: fault.Invalid for one that makes no sense.
func (s *Service) Preview(ctx context.Context, by access.Actor, a Audience) (Reach, error) {
	if err := access.Require(by, access.NoticeWrite, access.Thing{Kind: kind}); err != nil {
		return Reach{}, err
	}
	a = a.canonical()
	if wrong := a.check(); len(wrong) > 0 {
		return Reach{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	list, _, err := s.Listed(ctx)
	return Reach{a.Of(list)}, err
}

// ready reports whether a notice could be published as far as its content goes: fault.Invalid.
func (s *Service) ready(ctx context.Context, by access.Actor, act access.Action, id string) error {
	n, err := s.get(ctx, by, act, id)
	if err != nil {
		return err
	}
	if err := n.Content.check(s.Now()); err != nil {
		return err
	}
	if !n.Content.Audience.Shops() {
		return nil
	}
	list, _, err := s.Listed(ctx)
	if err != nil {
		return err
	}
	if len(n.Content.Audience.Of(list)) == 0 && (!n.Content.Audience.Everybody || n.Content.MustConfirm) {
		return fault.Wrong("audience", "notice.wrong.nobody", nil)
	}
	return nil
}

// Versions returns the published versions of a notice, the newest first.
func (s *Service) Versions(ctx context.Context, by access.Actor, id string) ([]Version, error) {
	n, err := s.get(ctx, by, access.NoticeRead, id)
	if err != nil {
		return nil, err
	}
	out := []Version{}
	for _, r := range slices.Backward(n.Versions) {
		v, err := s.versions.Get(ctx, versionID(id, r.N, r.Hash))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// Version returns one published version: fault.NotFound.
func (s *Service) Version(ctx context.Context, by access.Actor, id string, number int) (Version, error) {
	return s.version(ctx, by, access.NoticeRead, id, number)
}

func (s *Service) version(ctx context.Context, by access.Actor, act access.Action, id string, number int) (Version, error) {
	n, err := s.get(ctx, by, act, id)
	if err != nil {
		return Version{}, err
	}
	for _, r := range n.Versions {
		if r.N == number {
			return s.versions.Get(ctx, versionID(id, r.N, r.Hash))
		}
	}
	return Version{}, fault.Missing()
}

// quietly notes what went wrong after what was asked for had been done; a job does it again.
func quietly(ctx context.Context, what string, err error) {
	if err != nil {
		slog.WarnContext(ctx, what, "error", err)
	}
}
