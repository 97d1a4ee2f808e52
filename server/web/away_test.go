package web

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestStoreAway (FLT-08): with the store gone, pages that are kept answer, those made from what was last read are made anew, and every
// other one says that it is busy.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	visitor := x.as(t, "")
	known := []string{"/", "/?q=%E9%9D%A2", "/streets", "/plazas", "/notices", "/night"}
	const street = "/streets/zhongshan-zhonglu"
	for _, path := range append(known, street) {
		visitor.page(path)
	}
	if err := x.db.Close(); err != nil {
		t.Fatal(err)
	}
	x.wait(2 * time.Second)
	for _, path := range append(known, street) {
		visitor.page(path)
	}
	x.wait(time.Minute)
	for _, path := range known {
		visitor.page(path)
	}
	if a := visitor.get(street); a.status != http.StatusOK && (a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "<h1")) {
		t.Errorf("%s = %d", street, a.status)
	}
}
