package listing

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/media"
	"shangquan/services/phone"
)

// Merged says that the page of a listing was given up for that of another, which is the same shop. Its old address, its code and
// the QR codes in the window lead there.
type Merged struct {
	Into string    `json:"into"` // id of the listing that goes on
	At   time.Time `json:"at"`
	Was  State     `json:"was"` // its state before, to which it returns when the merge is taken back
}

// Union returns keep with what gone says and keep does not: names to search by, numbers, photos, goods; a door, a position, hours
// and an owner where keep has none. Of two answers to one question keep's stands. Lists take as much as a listing may have.
func Union(keep, gone Listing) Listing {
	out := keep
	out.Aliases = joined(keep.Aliases, append([]string{gone.Name.Hans}, gone.Aliases...), "aliases")
	out.Aliases = slices.DeleteFunc(out.Aliases, func(s string) bool { return s == keep.Name.Hans })
	out.Name.Hant, out.Name.En = cmp.Or(keep.Name.Hant, gone.Name.Hant), cmp.Or(keep.Name.En, gone.Name.En)
	out.CategoryID, out.FormatID = cmp.Or(keep.CategoryID, gone.CategoryID), cmp.Or(keep.FormatID, gone.FormatID)
	out.Goods = joined(keep.Goods, gone.Goods, "goods")
	out.TagIDs = joined(keep.TagIDs, gone.TagIDs, "tag_ids")
	out.Payments = joined(keep.Payments, gone.Payments, "payments")
	if len(keep.Prices) == 0 {
		out.Prices = gone.Prices
	}
	out.Spend = cmp.Or(keep.Spend, gone.Spend)
	out.Marks = joinedBy(keep.Marks, gone.Marks, "marks", func(m Mark) string { return m.Kind + "/" + m.Level })
	out.KeepHeritage(&keep) // the record stays with the shop it is about
	out.Address = doorOf(keep.Address, gone.Address)
	if keep.Location == nil {
		out.Location = gone.Location
	}
	out.Phones = joinedBy(keep.Phones, gone.Phones, "phones", phone.Number.National)
	out.Consents = joinedBy(keep.Consents, gone.Consents, "consents", func(c Consent) string { return c.Digits })
	if !keep.Hours.Known && gone.Hours.Known {
		out.Hours, out.Confirmed = gone.Hours, gone.Confirmed
	}
	if len(keep.ExtraHours) == 0 {
		out.ExtraHours = gone.ExtraHours
	}
	if keep.Description.IsZero() {
		out.Description = gone.Description
	}
	out.Photos = joinedBy(keep.Photos, gone.Photos, "photos", func(p media.Photo) string { return p.Key })
	out.Website = cmp.Or(keep.Website, gone.Website)
	if len(keep.Turns) == 0 {
		out.Turns = gone.Turns
	}
	out.Popularity = max(keep.Popularity, gone.Popularity)
	if keep.MerchantID == "" {
		out.MerchantID, out.PlazaMay = gone.MerchantID, gone.PlazaMay
	}
	return out
}

// doorOf fills a door by the other: each part is taken whole, so that no number meets the street of another.
func doorOf(keep, gone Address) Address {
	out := keep
	if keep.Line == "" {
		out.Line = gone.Line
	}
	if keep.StreetID == "" || keep.StreetID == gone.StreetID && keep.House == "" {
		out.StreetID, out.House = gone.StreetID, gone.House
	}
	switch {
	case keep.PlazaID == "":
		out.PlazaID, out.Level, out.Unit, out.UnitID = gone.PlazaID, gone.Level, gone.Unit, gone.UnitID
	case keep.PlazaID == gone.PlazaID && keep.UnitID == "" && (keep.Unit == "" || keep.Unit == gone.Unit):
		out.Level, out.Unit, out.UnitID = cmp.Or(keep.Level, gone.Level), cmp.Or(keep.Unit, gone.Unit), gone.UnitID
	}
	out.Hint, out.Postcode = cmp.Or(keep.Hint, gone.Hint), cmp.Or(keep.Postcode, gone.Postcode)
	return out
}

func joined(a, b []string, list string) []string {
	return joinedBy(a, b, list, func(s string) string { return s })
}

// joinedBy puts behind a what b has and a has not, up to what the list may have.
func joinedBy[T any](a, b []T, list string, key func(T) string) []T {
	out := slices.Clone(a)
	for _, x := range b {
		if len(out) < counts[list] && !slices.ContainsFunc(out, func(y T) bool { return key(y) == key(x) }) {
			out = append(out, x)
		}
	}
	return out
}

// CanMerge says why gone may not be given up for keep: nil when it may. A page that is public is not given up for one that is not, an
// open one not for a closed one, and two owners settle first whose shop it is.
func CanMerge(keep, gone *Listing) error {
	refuse := func(key, cause string) error { return fault.New(fault.Conflict, key, errors.New("listing: "+cause)) }
	switch {
	case keep.ID == gone.ID || keep.State == Archived || gone.State == Archived:
		return refuse("error.listing.state", "not two pages that are there")
	case gone.State == Published && keep.State != Published, gone.Public() && !keep.Public():
		return refuse("listing.wrong.merge_state", "a public page is not given up for one that is not")
	case keep.MerchantID != "" && gone.MerchantID != "" && keep.MerchantID != gone.MerchantID:
		return refuse("listing.wrong.merge_owner", "two owners")
	case keep.Proposal != nil || gone.Proposal != nil:
		return refuse("listing.wrong.merge_waiting", "a change waits to be decided")
	}
	return nil
}

// Merge gives up the page of gone for that of keep, both as they were seen at these revisions, and returns keep as it is now. Doing
// it again is harmless: a merge that was begun is carried through. fault.Conflict as CanMerge, or when one of the two changed.
func (s *Service) Merge(ctx context.Context, by access.Actor, keepID string, keepRev int64, goneID string, goneRev int64) (Listing, error) {
	keep, err := s.coll.Get(ctx, keepID)
	if err != nil {
		return Listing{}, err
	}
	gone, err := s.coll.Get(ctx, goneID)
	if err != nil {
		return Listing{}, err
	}
	w := audit.Write{Action: access.RegisterMerge}
	begun := gone.State == Archived && gone.Merged != nil && gone.Merged.Into == keepID
	if !begun {
		if keep.Rev != keepRev || gone.Rev != goneRev {
			return Listing{}, fault.New(fault.Conflict, "error.stale", errors.New("listing: one of the two changed since it was seen"))
		}
		if err := CanMerge(&keep, &gone); err != nil {
			return Listing{}, err
		}
		w.Why = "into " + keep.Code
		gone, err = s.change(ctx, by, access.RegisterMerge, w, goneID, goneRev, func(l *Listing) error {
			l.Merged = &Merged{Into: keepID, At: s.now(), Was: l.State}
			l.State = Archived
			return nil
		})
		if err != nil {
			return Listing{}, err
		}
	}
	w.Why = "from " + gone.Code
	return s.change(ctx, by, access.RegisterMerge, w, keepID, 0, func(l *Listing) error {
		next := Union(*l, gone)
		next.Normalise()
		if same(l, &next) && l.MerchantID == next.MerchantID && l.Popularity == next.Popularity {
			return errSame
		}
		*l = next
		return s.Check(l)
	})
}

// UnmergeFor is how long a merge can be taken back.
const UnmergeFor = 30 * 24 * time.Hour

// CanUnmerge says why the merge of a listing cannot be taken back: fault.Conflict when it is not merged, or was longer than UnmergeFor
// ago.
func (s *Service) CanUnmerge(gone *Listing) error {
	if gone.Merged == nil || gone.State != Archived || s.now().Sub(gone.Merged.At) > UnmergeFor {
		return fault.New(fault.Conflict, "listing.wrong.unmerge", errors.New("listing: it is not merged, or was too long ago"))
	}
	return nil
}

// Unmerge brings the page of a listing that was merged back, as it was, and takes back what the other page took over where it still
// says that; kept names the fields that say something else by now. fault.Conflict when it is not merged, or was longer than
// UnmergeFor ago, or its unit is taken; then neither page has changed.
func (s *Service) Unmerge(ctx context.Context, by access.Actor, id string) (gone Listing, kept []string, err error) {
	gone, err = s.coll.Get(ctx, id)
	if err != nil {
		return Listing{}, nil, err
	}
	if err := access.Require(by, access.RegisterMerge, gone.Thing()); err != nil {
		return Listing{}, nil, err
	}
	if err := s.CanUnmerge(&gone); err != nil {
		return Listing{}, nil, err
	}
	made, err := s.tookOver(ctx, gone.Merged.Into, gone.Code)
	if err != nil {
		return Listing{}, nil, err
	}
	if err := s.canReturn(ctx, &gone, made); err != nil {
		return Listing{}, nil, err
	}
	if made > 0 {
		if _, kept, err = s.TakeBack(ctx, by, access.RegisterMerge, gone.Merged.Into, 0, made); err != nil {
			return Listing{}, nil, err
		}
	}
	keep, err := s.coll.Get(ctx, gone.Merged.Into)
	if err != nil {
		return Listing{}, nil, err
	}
	gone, err = s.change(ctx, by, access.RegisterMerge, audit.Write{Action: access.RegisterMerge, Why: "undone"}, id, gone.Rev, func(l *Listing) error {
		l.hideAs(&keep)
		return s.unmerged(l)
	})
	return gone, kept, err
}

// unmerged makes of a listing that was merged what it was before.
func (s *Service) unmerged(l *Listing) error {
	l.State, l.Merged = l.Merged.Was, nil
	return s.Check(l)
}

// canReturn refuses what Unmerge could not carry through, before anything is changed: either page would not be right, or somebody else
// has the unit by now. The page that goes on may have it because of the merge, and then leaves it.
func (s *Service) canReturn(ctx context.Context, gone *Listing, made int64) error {
	keep, err := s.coll.Get(ctx, gone.Merged.Into)
	if err != nil {
		return err
	}
	back, err := s.coll.Get(ctx, gone.ID)
	if err != nil {
		return err
	}
	if made > 0 {
		before, after, err := s.around(ctx, &keep, made)
		if err != nil {
			return err
		}
		keep.takeBack(&before, &after)
		if err := s.Check(&keep); err != nil {
			return err
		}
	}
	if err := s.unmerged(&back); err != nil || !back.holdsUnit() {
		return err
	}
	u, err := s.places.Unit(ctx, back.Address.UnitID)
	if fault.Is(err, fault.NotFound) {
		return fault.Wrong("address.unit_id", "error.unit.unknown", nil)
	}
	if err != nil {
		return err
	}
	if u.OccupiedBy == keep.ID && (!keep.holdsUnit() || keep.Address.UnitID != u.ID) {
		u.OccupiedBy = ""
	}
	return u.Occupy(back.ID, "")
}

// tookOver returns the revision in which a listing took over what the one with this code said; 0 when it took over nothing.
func (s *Service) tookOver(ctx context.Context, id, code string) (int64, error) {
	for cursor := ""; ; {
		page, err := s.log.Of(ctx, audit.Ref{Kind: Kind, ID: id}, cursor, historyPage)
		if err != nil {
			return 0, err
		}
		for i := range page.Items {
			if f := &page.Items[i].Fact; f.Action == access.RegisterMerge && f.Why == "from "+code && f.Rev > 0 {
				return f.Rev, nil
			}
		}
		if cursor = page.Next; cursor == "" {
			return 0, nil
		}
	}
}

// TakeBack undoes what the write that made revision made changed, field by field, where the listing still says what that write said,
// and names the fields that say something else by now and stay. With rev (not 0) nothing else may have been written since.
// fault.NotFound for a revision the trail does not know.
func (s *Service) TakeBack(ctx context.Context, by access.Actor, act access.Action, id string, rev, made int64) (l Listing, kept []string, err error) {
	now, err := s.coll.Get(ctx, id)
	if err != nil {
		return Listing{}, nil, err
	}
	before, after, err := s.around(ctx, &now, made)
	if err != nil {
		return Listing{}, nil, err
	}
	w := audit.Write{Action: act, Why: "undone"}
	l, err = s.change(ctx, by, act, w, id, rev, func(l *Listing) error {
		kept = l.takeBack(&before, &after)
		return s.Check(l)
	})
	return l, kept, err
}

// around returns a listing as it was before and after the write that made a revision.
func (s *Service) around(ctx context.Context, now *Listing, made int64) (before, after Listing, err error) {
	if before, err = s.at(ctx, *now, made-1); err == nil {
		after, err = s.at(ctx, *now, made)
	}
	return before, after, err
}

// takeBack gives l before's word wherever it still says after's, and returns the fields that say something else by now.
func (l *Listing) takeBack(before, after *Listing) (kept []string) {
	was := *l
	for i := range Fields {
		f := &Fields[i]
		switch {
		case f.value == nil || f.same(before, after):
		case f.same(l, after):
			f.copy(l, before)
		default:
			kept = append(kept, f.Path)
		}
	}
	l.KeepHeritage(&was)
	if l.MerchantID == after.MerchantID {
		l.MerchantID, l.PlazaMay = before.MerchantID, before.PlazaMay
	}
	if l.Confirmed == after.Confirmed {
		l.Confirmed = before.Confirmed
	}
	if l.Popularity == after.Popularity {
		l.Popularity = before.Popularity
	}
	return kept
}
