package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"shangquan/services/listing"
	"shangquan/services/store"
)

// FollowerName is the follower the collections are declared with whose writes webhooks tell of.
const FollowerName = "webhook"

// shown is what the public knew of a shop, or of a notice, when it was looked at last; its id is the shop's, or "notice." and the
// notice's. What happened follows from the difference, so that a write that lay between two looks is never told as something that is
// not true any more.
type shown struct {
	store.Meta
	// State is that of the listing, or "live" or "over" of a notice; empty: the public did not see it.
	State listing.State `json:"state"`
	Sum   string        `json:"sum"` // of what the public saw
}

// Listings is what the service needs of the store.Collection of listings.
type Listings interface {
	Pending(ctx context.Context, follower string, limit int) ([]listing.Listing, error)
	Delivered(ctx context.Context, follower, id string, rev int64) error
}

const (
	batch = 200
	// turn is for how long a server keeps looking for changes before another one may.
	turn = 30 * time.Second
)

// Shops takes in the shops that were written since, one batch after the other. A crash at any point loses nothing: the mark that a
// write has set goes only when its messages are in the queues, and a message found twice has the same id. Servers take turns.
func (s *Service) Shops(ctx context.Context, from Listings) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if mine, err := s.DB.Lease(ctx, "webhook shops", s.owner, turn); err != nil || !mine {
		return err
	}
	for {
		list, err := from.Pending(ctx, FollowerName, batch)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := s.shopsChanged(ctx, list); err != nil {
			return err
		}
		for i := range list {
			if err := from.Delivered(ctx, FollowerName, list[i].ID, list[i].Rev); err != nil {
				return err
			}
		}
	}
}

func (s *Service) shopsChanged(ctx context.Context, list []listing.Listing) error {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	before := map[string]shown{}
	for x, err := range s.shops.Each(ctx, store.Where("id", store.In, ids).Limit(batch)) {
		if err != nil {
			return err
		}
		before[x.ID] = x
	}
	changes, after := []change{}, []shown{}
	for i := range list {
		l := &list[i]
		now, err := publicOf(l)
		if err != nil {
			return err
		}
		was := before[l.ID]
		if was.ID != "" && now.State == was.State && now.Sum == was.Sum {
			continue
		}
		after = append(after, now)
		if t := happened(was.State, now.State); t != "" {
			changes = append(changes, s.shopChange(l, t))
		}
	}
	if err := s.announce(ctx, changes); err != nil {
		return err
	}
	return s.shops.Upsert(ctx, after)
}

// happened names the change from what the public saw to what it sees.
func happened(was, now listing.State) Type {
	switch {
	case now == listing.Closed && was != listing.Closed:
		return ShopClosed
	case now == "" && was == "":
		return ""
	case now == "":
		return ShopWithdrawn
	case was == "" || was == listing.Closed && now != listing.Closed:
		return ShopPublished
	}
	return ShopChanged
}

// publicOf returns what the public sees of a shop. How often it is looked for and whether people said something about it are no
// change of it.
func publicOf(l *listing.Listing) (shown, error) {
	x := shown{Meta: store.Meta{ID: l.ID}}
	if !l.Public() {
		return x, nil
	}
	p := l.ForPublic()
	p.Meta, p.Popularity = store.Meta{}, 0
	b, err := json.Marshal(p)
	if err != nil {
		return x, err
	}
	sum := sha256.Sum256(b)
	x.State, x.Sum = l.State, base64.RawURLEncoding.EncodeToString(sum[:12])
	return x, nil
}

// shopData says which shop it is and where to read what is true of it now.
type shopData struct {
	ID    string        `json:"id"`
	Code  string        `json:"code"`
	State listing.State `json:"state"` // published or closed; empty: not public
	Rev   int64         `json:"rev"`
	URL   string        `json:"url"`
	API   string        `json:"api"`
}

func (s *Service) shopChange(l *listing.Listing, t Type) change {
	d := shopData{ID: l.ID, Code: l.Code, Rev: l.Rev, URL: s.Origin + "/shops/" + l.Slug, API: s.Origin + "/api/v1/listings/" + l.ID}
	if l.Public() {
		d.State = l.State
	}
	at := l.UpdatedAt
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	return change{id: "shop." + l.ID + "." + strconv.FormatInt(l.Rev, 10), t: t, merchantID: l.MerchantID, at: at, data: d}
}
