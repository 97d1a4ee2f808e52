package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/job"
)

func TestJobsPage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	if body := x.as(t, demo.Admin).page("/admin/jobs"); !strings.Contains(body, "还没有做过") {
		t.Error("before the first round the page does not say so")
	}
	jobs := []job.Job{
		{Name: "papers", Every: 6 * time.Hour, Do: func(context.Context) (int, error) { return 3, nil }},
		{Name: "sessions", Every: time.Hour, Do: func(context.Context) (int, error) { return 0, errors.New("13800000000") }},
	}
	if err := x.services.Jobs.Round(t.Context(), jobs, "host-a1b2", nil); err != nil {
		t.Fatal(err)
	}
	body := x.as(t, demo.Admin).page("/admin/jobs")
	for _, want := range []string{"有 1 件没做好", "证照到期提醒", "办了 3 件", "没做好，详情在服务器日志里", "host-a1b2", "每 6 小时一次"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(body, "13800000000") {
		t.Error("the page says what the error said")
	}
	if strings.Index(body, "清掉过期的登录") > strings.Index(body, "证照到期提醒") {
		t.Error("what went wrong does not come first")
	}
	x.wait(2 * time.Hour)
	if a := x.again(t, demo.Coordinator).get("/admin/jobs"); a.status != http.StatusNotFound {
		t.Errorf("a coordinator sees the jobs: %d", a.status)
	}
	admin := x.again(t, demo.Admin)
	if to := admin.done("/admin/jobs", url.Values{"now": {"papers"}}); !strings.Contains(admin.page(to), "到点没做") {
		t.Error("a job that was missed is not called so")
	}
	if a := admin.post("/admin/jobs", url.Values{"now": {"none"}}); a.status != http.StatusNotFound {
		t.Errorf("a job that is none: %d", a.status)
	}
}
