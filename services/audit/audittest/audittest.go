// Package audittest gives tests of audited services a store with a trail.
package audittest

import (
	"path/filepath"
	"testing"
	"time"

	"shangquan/services/audit"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Open returns an empty store in a folder of the test's own with its trail and the key that the trail is chained with. Both read the
// time from now. The store closes when the test ends.
func Open(t testing.TB, now func() time.Time) (store.DB, *audit.Log, *secret.Ring) {
	t.Helper()
	db, err := store.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "test.db"), store.Clock(now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	return db, audit.New(db, keys, now), keys
}
