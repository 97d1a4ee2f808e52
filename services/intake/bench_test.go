package intake

import (
	"path/filepath"
	"testing"

	"shangquan/services/secret"
)

// BenchmarkImport5000 reads, writes and takes back a table of 5,000 shops.
func BenchmarkImport5000(b *testing.B) {
	for b.Loop() {
		f := at(b, filepath.Join(b.TempDir(), "shop.db"), secret.Random())
		i := f.take(b, table(5000, "老店"))
		if i = f.start(b, i); i.Written != 5000 {
			b.Fatalf("written %d", i.Written)
		}
		if i = f.undoes(b, i); i.TakenBack != 5000 {
			b.Fatalf("taken back %d", i.TakenBack)
		}
	}
}
