package memory

import "testing"

func TestDistance(t *testing.T) {
	for _, x := range []struct {
		s, key string
		most   int
		typos  int
		prefix string
	}{
		{"starbucks", "starbucks", 2, 0, "starbucks"},
		{"starb", "starbucks", 1, 0, "starb"},
		{"starbuks", "starbucks", 1, 1, "starbucks"},
		{"satrbucks", "starbucks", 2, 1, "starbucks"},
		{"starbuckss", "starbucks", 2, 1, "starbucks"},
		{"starbucls", "starbucks", 1, 1, "starbucks"},
		{"sxxxxucks", "starbucks", 2, 3, ""},
		{"starbucks", "star", 2, 3, ""},
		{"yutianchenf", "yutianchengtang", 2, 1, "yutiancheng"},
	} {
		typos, n := distance(x.s, x.key, x.most)
		if typos != x.typos || typos <= x.most && x.key[:n] != x.prefix {
			t.Errorf("%s to %s: %d typos, %q", x.s, x.key, typos, x.key[:n])
		}
	}
}
