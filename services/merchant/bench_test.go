package merchant_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/merchant"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// BenchmarkSeats measures what every request of somebody who is signed in pays, among a thousand merchants.
func BenchmarkSeats(b *testing.B) {
	db, err := store.Open(b.Context(), "file:"+filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	keys, err := secret.New(secret.Random())
	if err != nil {
		b.Fatal(err)
	}
	s := merchant.New(merchant.Deps{DB: db, Log: audit.New(db, keys, time.Now), Keys: keys, Now: time.Now})
	for i := range 1000 {
		if _, err := s.Create(b.Context(), access.Actor{AccountID: fmt.Sprint("a", i)}, draft("店", "")); err != nil {
			b.Fatal(err)
		}
	}
	for i := 0; b.Loop(); i++ {
		if seats, err := s.Seats(b.Context(), fmt.Sprint("a", i%1000)); err != nil || len(seats) != 1 {
			b.Fatal(seats, err)
		}
	}
}
