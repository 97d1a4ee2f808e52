package listing_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// An edit as a page makes it: read, check, compare-and-swap with outbox and trail, on disk. The aim is 1 ms.
func BenchmarkEdit(b *testing.B) {
	db, err := store.Open(b.Context(), "file:"+filepath.Join(b.TempDir(), "b.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	keys, err := secret.New(secret.Random())
	if err != nil {
		b.Fatal(err)
	}
	log := audit.New(db, keys, time.Now)
	s := listing.New(db, log, time.Now)
	l := listing.Listing{Code: "A1", State: listing.Published, MerchantID: "m", Name: listing.Name{Text: lang.Text{Hans: "面馆"}}}
	if err := s.Enter(b.Context(), access.System("bench"), &l); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if l, err = s.Edit(b.Context(), owner, l.ID, l.Rev, patch(b, "goods", []string{fmt.Sprint("面", i)})); err != nil {
			b.Fatal(err)
		}
		if i%50 == 0 {
			b.StopTimer()
			if _, err := log.CatchUp(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	}
}
