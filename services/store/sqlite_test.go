package store_test

import (
	"path/filepath"
	"testing"

	"shangquan/services/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) string { return "file:" + filepath.Join(t.TempDir(), "test.db") })
}
