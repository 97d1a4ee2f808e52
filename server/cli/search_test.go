package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/alarm"
	"shangquan/services/directory"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/search/meili"
)

// nobody is an address where nothing listens, and which no program is given that asks for any free port.
const nobody = "http://127.0.0.1:1"

// serving starts the server and returns its address and that of its private listener. It is stopped, and must have ended well, at the
// end of the test.
func serving(t *testing.T, pairs ...string) (addr, private string) {
	t.Helper()
	r, w := io.Pipe()
	var errs said
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan int, 1)
	go func() {
		all := append([]string{"METRICS_ADDR", "127.0.0.1:0"}, pairs...)
		ended <- program{Getenv: environment(all...), Out: w, Err: &errs}.run(ctx, []string{"serve", "--addr", "127.0.0.1:0"})
		_ = w.Close()
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != Done {
			t.Errorf("stopped = %d %s", code, errs.String())
		}
	})
	for lines := bufio.NewReader(r); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%v: %s", err, errs.String())
		}
		_, _ = fmt.Sscanf(line, "metrics and readiness on %s", &private)
		if _, err := fmt.Sscanf(line, "listening on %s", &addr); err == nil {
			return strings.TrimSuffix(addr, ","), private
		}
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, html.UnescapeString(string(b))
}

// TestServeWithoutMeilisearch: a Meilisearch that is down keeps neither the server from starting nor visitors from finding.
func TestServeWithoutMeilisearch(t *testing.T) {
	addr, private := serving(t, "STORE", storeIn(t.TempDir()), "SAMPLE", "true", "SEARCH", nobody)
	catalogue, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for prefix, tag := range map[string]lang.Tag{"": lang.Hans, "/zh-hant": lang.Hant, "/en": lang.En} {
		note, err := catalogue.In(tag).Say("search.degraded.lead")
		if err != nil {
			t.Fatal(err)
		}
		status, page := get(t, "http://"+addr+prefix+"/?q=%E4%BD%99%E5%A4%A9%E6%88%90")
		if status != 200 || !strings.Contains(page, "/shops/yu-tian-cheng") || !strings.Contains(page, note) {
			t.Errorf("%s/?q=余天成 = %d, the shop %v, %q %v", prefix, status, strings.Contains(page, "/shops/yu-tian-cheng"), note, strings.Contains(page, note))
		}
		// Browsing needs no engine, so nothing is said of one.
		if status, page := get(t, "http://"+addr+prefix+"/"); status != 200 || !strings.Contains(page, "/shops/") || strings.Contains(page, note) {
			t.Errorf("%s/ = %d, the note %v", prefix, status, strings.Contains(page, note))
		}
	}
	if status, _ := get(t, "http://"+addr+"/readyz"); status != 200 {
		t.Errorf("/readyz = %d: the server is ready all the same", status)
	}
	var state struct {
		Ready    bool
		Degraded []string
		Parts    map[string]string
	}
	status, body := get(t, "http://"+private+"/readyz")
	if err := json.Unmarshal([]byte(body), &state); err != nil || status != 200 || !state.Ready || !slices.Equal(state.Degraded, []string{"search"}) ||
		!maps.Equal(state.Parts, map[string]string{"store": "up", "search": "down", "pictures": "up"}) {
		t.Errorf("the private /readyz = %d %s (%v)", status, body, err)
	}
}

// TestMeilisearchIsFed lets the follower run against a stand-in: it builds the index, carries changes, checks and tidies; searches
// are answered from there, and from the embedded index when it has gone.
func TestMeilisearchIsFed(t *testing.T) {
	m := newOutside(t)
	var out said
	p := program{Out: &out, Err: &out, Getenv: environment("STORE", storeIn(t.TempDir()), "SEARCH", m.URL,
		"MEILI_SEARCH_KEY", outsideSearchKey, "MEILI_WRITE_KEY", outsideWriteKey)}
	err := p.with(t.Context(), &options{getenv: p.Getenv}, func(d *district) error {
		if err := p.sample(t.Context(), d); err != nil {
			return err
		}
		if err := d.directory.Refresh(t.Context()); err != nil {
			return err
		}
		follower := d.follower(slog.New(slog.DiscardHandler))
		running, stop := context.WithCancel(t.Context())
		stopped := make(chan error, 1)
		go func() { stopped <- d.follow(running, follower, slog.New(slog.DiscardHandler)) }()
		feed(t, m, d)
		stop()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		drift(t, m, d, follower)
		beside(t, m, d, follower)
		alarmed(t, m, d, follower)
		m.Close()
		// Initials are found by an index only, not by the plain search of names.
		page, err := d.directory.Search(t.Context(), directory.Query{Text: "zggsyh"}, lang.Hans, d.now())
		if err != nil || !page.Degraded || page.Total == 0 || d.parts()["search"](t.Context()) == nil {
			t.Errorf("when it has gone: degraded %v, %d found, %v", page.Degraded, page.Total, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func feed(t *testing.T, m *outside, d *district) {
	t.Helper()
	ask := func(words string) directory.Page {
		t.Helper()
		page, err := d.directory.Search(t.Context(), directory.Query{Text: words}, lang.Hans, d.now())
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	listed := ask("").Total
	m.wait(func(docs map[string]json.RawMessage) bool { return listed > 0 && len(docs) == listed && m.tidied > 0 })
	shop, err := d.listings.GetBy(t.Context(), "slug", "yu-tian-cheng")
	if err != nil {
		t.Fatal(err)
	}
	if page := ask("余天成"); page.Degraded || !slices.ContainsFunc(page.Rows, func(r directory.Row) bool { return r.Listing.ID == shop.ID }) {
		t.Errorf("degraded %v, %d found", page.Degraded, page.Total)
	}
	if err := d.parts()["search"](t.Context()); err != nil {
		t.Errorf("down: %v", err)
	}
	var before json.RawMessage
	m.wait(func(docs map[string]json.RawMessage) bool { before = docs[shop.ID]; return true })
	if shop, err = d.shops.Update(t.Context(), access.System("test"), shop.ID, 0, func(l *listing.Listing) error { l.Goods = []string{"藏红花"}; return nil }); err != nil {
		t.Fatal(err)
	}
	m.wait(func(docs map[string]json.RawMessage) bool { return !bytes.Equal(docs[shop.ID], before) })
	if _, err := d.shops.Act(t.Context(), access.System("test"), shop.ID, 0, listing.Suspend); err != nil {
		t.Fatal(err)
	}
	m.wait(func(docs map[string]json.RawMessage) bool { return docs[shop.ID] == nil })
}

// alarmed lets the task of one listing fail: the others go on, and there is an alarm that names it. SEA-04.
func alarmed(t *testing.T, m *outside, d *district, follower *directory.Follower) {
	t.Helper()
	shop, err := d.listings.GetBy(t.Context(), "slug", "zhong-guo-gong-shang-yin-hang-kang-cheng-zhi-hang")
	if err != nil {
		t.Fatal(err)
	}
	m.mu.Lock()
	m.refuses = shop.ID
	m.mu.Unlock()
	if _, err := d.shops.Update(t.Context(), access.System("test"), shop.ID, 0, func(l *listing.Listing) error { l.Goods = []string{"金条"}; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := follower.Sync(t.Context()); err == nil {
		t.Error("a failed task is no error")
	}
	running, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.alarms.Run(running) }()
	for running.Err() == nil {
		open, err := d.alarms.Open(t.Context(), access.System("test"))
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(open, func(a alarm.Alarm) bool { return a.Kind == alarm.Refused && strings.Contains(a.Note, shop.ID) }) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if running.Err() != nil {
		t.Error("no alarm names the listing")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestReindexInAServer lets the server that has the store build the index: an operator does not stop it for that.
func TestReindexInAServer(t *testing.T) {
	m := newOutside(t)
	on := []string{"STORE", storeIn(t.TempDir()), "SAMPLE", "true", "SEARCH", m.URL, "MEILI_SEARCH_KEY", outsideSearchKey, "MEILI_WRITE_KEY", outsideWriteKey}
	serving(t, on...)
	whole := 0
	m.wait(func(docs map[string]json.RawMessage) bool { whole = len(docs); return whole > 0 && m.tidied > 0 })
	m.mu.Lock()
	clear(m.indexes["listings"])
	m.mu.Unlock()
	code, out, errs := run(t, []string{"reindex", "--json"}, "", on...)
	if want := fmt.Sprintf(`"indexed": %d`, whole); code != Done || !strings.Contains(out, want) {
		t.Errorf("reindex = %d %s %s, want %s", code, out, errs, want)
	}
	m.wait(func(docs map[string]json.RawMessage) bool {
		if len(docs) != whole {
			t.Errorf("%d listings outside, want %d", len(docs), whole)
		}
		return true
	})
}

// beside builds the index again with an engine of its own, as the command does, while the server delivers: nothing it wrote is lost.
func beside(t *testing.T, m *outside, d *district, server *directory.Follower) {
	t.Helper()
	shop, err := d.listings.GetBy(t.Context(), "slug", "zhong-guo-gong-shang-yin-hang-kang-cheng-zhi-hang")
	if err != nil {
		t.Fatal(err)
	}
	engine := meili.New(meili.Config{URL: m.URL, SearchKey: outsideSearchKey, WriteKey: outsideWriteKey})
	command := directory.NewFollower(d.directory, d.listings, engine, d.db, "command", slog.New(slog.DiscardHandler))
	err = command.Reindex(t.Context(), func(done, total int) {
		if done < total {
			return
		}
		_, err := d.shops.Update(t.Context(), access.System("test"), shop.ID, 0, func(l *listing.Listing) error { l.Goods = []string{"保险箱"}; return nil })
		if err = errors.Join(err, server.Sync(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Error(err)
	}
	m.wait(func(docs map[string]json.RawMessage) bool {
		if !bytes.Contains(docs[shop.ID], []byte("保险")) {
			t.Error("what the server wrote meanwhile is gone")
		}
		return true
	})
}

// drift spoils a document outside: the daily check must see it by its time, which takes an engine that says what it holds.
func drift(t *testing.T, m *outside, d *district, follower *directory.Follower) {
	t.Helper()
	if got, err := follower.Check(t.Context(), false); err != nil || got.Found() {
		t.Fatalf("a drift where there is none: %+v %v", got, err)
	}
	other, err := d.listings.GetBy(t.Context(), "slug", "zhong-guo-gong-shang-yin-hang-kang-cheng-zhi-hang")
	if err != nil {
		t.Fatal(err)
	}
	m.mu.Lock()
	m.indexes["listings"][other.ID] = bytes.Replace(m.indexes["listings"][other.ID], []byte(`"updated_at":`), []byte(`"updated_at":1`), 1)
	m.mu.Unlock()
	if got, err := follower.Check(t.Context(), true); err != nil || !slices.Equal(got.Stale, []string{other.ID}) || len(got.Missing)+len(got.Extra) > 0 {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := follower.Check(t.Context(), false); err != nil || got.Found() {
		t.Errorf("after the repair: %+v %v", got, err)
	}
}
