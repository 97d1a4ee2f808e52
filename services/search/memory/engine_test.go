package memory_test

import (
	"testing"

	"shangquan/services/search"
	"shangquan/services/search/memory"
	"shangquan/services/search/searchtest"
)

func TestContract(t *testing.T) {
	searchtest.Run(t, "../testdata", func(*testing.T) search.Engine { return memory.New() })
}
