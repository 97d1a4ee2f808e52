package web

import (
	"net/http"
	"testing"
	"time"
)

// TestStoreAway (FLT-08): with the store gone, pages that are kept answer, and those made from what was last read are made anew.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	visitor := x.as(t, "")
	known := []string{"/", "/?q=%E9%9D%A2", "/streets", "/plazas", "/notices", "/night"}
	const street, plaza = "/streets/zhongshan-zhonglu", "/plazas/ping-gao-guang-chang"
	all := append(known, street, plaza, "/shops/yu-tian-cheng", "/shops/yu-tian-cheng/go")
	for _, path := range all {
		visitor.page(path)
	}
	if err := x.db.Close(); err != nil {
		t.Fatal(err)
	}
	x.wait(2 * time.Second)
	for _, path := range all {
		visitor.page(path)
	}
	x.wait(time.Minute)
	for _, path := range all {
		visitor.page(path)
	}
	// What has no other answer says that it is busy, and not that we made a mistake.
	if a := visitor.get("/points"); a.status != http.StatusServiceUnavailable {
		t.Errorf("/points = %d", a.status)
	}
}
