package meili

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	meilisearch "github.com/meilisearch/meilisearch-go"

	"shangquan/services/search"
	"shangquan/services/search/searchtest"
)

// TestStructureOnFake checks what the adapter makes of requests and answers; how Meilisearch ranks is not in the fake.
func TestStructureOnFake(t *testing.T) {
	searchtest.RunStructure(t, "../testdata", func(t *testing.T) search.Engine {
		e := newFake(t).engine(t)
		if err := e.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		return e
	})
}

// TestContract runs the whole suite on a real Meilisearch, each engine in an index of its own.
func TestContract(t *testing.T) {
	url, key := os.Getenv("SHANGQUAN_TEST_MEILI"), os.Getenv("SHANGQUAN_TEST_MEILI_KEY")
	if url == "" {
		fmt.Fprintln(os.Stderr, "SKIPPED: the search contract on Meilisearch: SHANGQUAN_TEST_MEILI is not set")
		t.Skip("SHANGQUAN_TEST_MEILI is not set")
	}
	run := fmt.Sprintf("test_%d", time.Now().UnixNano())
	t.Cleanup(func() {
		m := meilisearch.New(url, meilisearch.WithAPIKey(key))
		list, err := m.ListIndexes(&meilisearch.IndexesQuery{Limit: 1000})
		if err != nil {
			t.Error(err)
			return
		}
		for _, x := range list.Results {
			if strings.HasPrefix(x.UID, run) {
				if _, err := m.DeleteIndex(x.UID); err != nil {
					t.Error(err)
				}
			}
		}
	})
	n := 0
	searchtest.Run(t, "../testdata", func(t *testing.T) search.Engine {
		n++
		e := New(Config{
			URL: url, SearchKey: key, WriteKey: key, Index: fmt.Sprint(run, "x", n), Poll: 20 * time.Millisecond,
			SearchTimeout: 10 * time.Second, WriteTimeout: time.Minute, // the suite asks for rightness, not for speed
		})
		if err := e.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Close() })
		return e
	})
}
