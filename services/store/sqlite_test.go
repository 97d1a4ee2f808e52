package store_test

import (
	"path/filepath"
	"testing"

	"shangquan/services/store"
	"shangquan/services/store/storetest"
)

func TestSQLite(t *testing.T) { storetest.Run(t, newFile) }

// TestFaulty runs the suite on an engine that is late, and that fails. DUR-06.
func TestFaulty(t *testing.T) { storetest.Run(t, newFile, storetest.Faulty(store.Faulty)) }

func newFile(t *testing.T) string { return "file:" + filepath.Join(t.TempDir(), "test.db") }
