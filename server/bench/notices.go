package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/notice"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// notices measures a notice that every shop of the district has to confirm: its publication with a row for each, a page of the ledger, a
// correction that asks all of them again.
func (b *bench) notices(d *district) (err error) {
	ctx := b.ctx
	db, _, err := openStore(ctx, d.file)
	if err != nil {
		return err
	}
	shops := []*listing.Listing{}
	for l, err := range listing.Declare(db).Each(ctx, store.Where("state", store.Eq, string(listing.Published)).Limit(1000)) {
		if err != nil {
			return errors.Join(err, db.Close())
		}
		shops = append(shops, &l)
	}
	if err := db.Close(); err != nil { // the district stays as it is; notices lie in a file of their own
		return err
	}
	var keys *secret.Ring
	if db, keys, err = openStore(ctx, filepath.Join(filepath.Dir(d.file), fmt.Sprintf("notices-%d-%d.db", d.size, time.Now().UnixNano()))); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s := notice.New(notice.Deps{
		DB: db, Log: audit.New(db, keys, now), Keys: keys, Now: now,
		Listed: func(context.Context) ([]*listing.Listing, string, error) { return shops, "1", nil },
		Shop:   func(_ context.Context, id string) (listing.Listing, error) { return *shops[0], nil },
	})
	by := access.System("bench")
	content := notice.Content{
		Kind: notice.Safety, Title: lang.Text{Hans: "全区防台风"}, Text: lang.Text{Hans: "把招牌固定好"}, ExpiresAt: now().AddDate(0, 0, 9),
		MustConfirm: true, Due: calendar.Today(now()).String(), Audience: notice.Audience{Everybody: true, All: true},
	}
	timed := func(what string, limit float64, unit string, n int, do func() error) error {
		took := make([]float64, 0, n)
		for range n {
			began := time.Now()
			if err := do(); err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			per := float64(time.Second)
			if unit == "ms" {
				per = float64(time.Millisecond)
			}
			took = append(took, float64(time.Since(began))/per)
		}
		slices.Sort(took)
		b.report.add(row{Aim: "6", What: fmt.Sprintf("%s, %s shops", what, thousands(len(shops))), Figure: median(took), Unit: unit, Limit: limit})
		return nil
	}
	var n notice.Notice
	if n, err = s.Create(ctx, by, content); err != nil {
		return err
	}
	publish := func() error { n, err = s.Publish(ctx, by, n.ID, n.Rev); return err }
	limit := 2 * float64(d.size) / 5000
	if err := timed("notice to be confirmed by all, publication with its ledger", limit, "s", 1, publish); err != nil {
		return err
	}
	page := func() error {
		p, err := s.Ledger(ctx, by, n.ID, "", "", 50)
		if err == nil && len(p.Items) != min(50, len(shops)) {
			err = fmt.Errorf("%d rows", len(p.Items))
		}
		if err == nil {
			_, err = s.Tally(ctx, by, n.ID)
		}
		return err
	}
	if err := timed("ledger, first page with its counts, p50", 200, "ms", max(b.count(200), 20), page); err != nil {
		return err
	}
	content.Text.Hans = "把招牌固定好，收回花盆"
	if n, err = s.Replace(ctx, by, n.ID, n.Rev, content); err != nil {
		return err
	}
	if err := timed("correction that asks all again", 0, "s", 1, publish); err != nil {
		return err
	}
	return timed("follow the register, nothing new, p50", 0, "ms", 5, func() error { _, err := s.Follow(ctx); return err })
}
