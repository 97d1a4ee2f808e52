package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/store"
)

// said is what a run printed; a server prints while the test reads.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) { s.mu.Lock(); defer s.mu.Unlock(); return s.b.Write(p) }

func (s *said) String() string { s.mu.Lock(); defer s.mu.Unlock(); return s.b.String() }

// run runs a command on a store in a folder of the test. pairs are settings without SHANGQUAN_.
func run(t *testing.T, args []string, in string, pairs ...string) (code int, out, errs string) {
	t.Helper()
	var o, e said
	code = program{Getenv: environment(pairs...), In: strings.NewReader(in), Out: &o, Err: &e}.run(t.Context(), args)
	return code, o.String(), e.String()
}

func environment(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m["SHANGQUAN_"+pairs[i]] = pairs[i+1]
	}
	return func(k string) string { return m[k] }
}

func storeIn(dir string) string { return "file:" + filepath.Join(dir, "shangquan.db") }

func TestCommandLine(t *testing.T) {
	for _, tt := range []struct {
		name      string
		args      []string
		code      int
		out, errs string
	}{
		{"nothing", nil, Usage, "", "Usage: shangquan COMMAND"},
		{"help", []string{"help"}, Done, "reindex", ""},
		{"--help", []string{"--help"}, Done, "export", ""},
		{"unknown command", []string{"start"}, Usage, "", `no command "start"`},
		{"help of a command", []string{"serve", "--help"}, Done, "$SHANGQUAN_ADDR", ""},
		{"a secret is a file", []string{"serve", "--help"}, Done, "-store-file", ""},
		{"json where a program reads", []string{"check", "--help"}, Done, "-json", ""},
		{"unknown flag", []string{"check", "--loud"}, Usage, "", "-loud"},
		{"a secret on the command line", []string{"check", "--store", "x"}, Usage, "", "-store"},
		{"an argument too many", []string{"version", "x"}, Usage, "", "takes 0 arguments"},
		{"an argument too few", []string{"import"}, Usage, "", "takes 1 arguments"},
		{"unknown format", []string{"export", "--format", "pdf"}, Failed, "", "csv or xlsx"},
		{"settings that cannot be read", []string{"serve", "--addr", "x"}, Failed, "", "SHANGQUAN_ADDR"},
		{"settings that are not safe", []string{"serve", "--env", "production"}, Failed, "", "SHANGQUAN_ORIGIN"},
		{"plain public address in production", []string{"serve", "--env=production", "--addr=0.0.0.0:80", "--origin=https://a.cn"}, Failed, "", "without TLS"},
		{"no such file", []string{"import", "/no/such/file.csv"}, Failed, "", "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := run(t, tt.args, "", "STORE", storeIn(t.TempDir()))
			if code != tt.code || !strings.Contains(out, tt.out) || !strings.Contains(errs, tt.errs) {
				t.Errorf("= %d\n%s\n%s\nwant %d %q %q", code, out, errs, tt.code, tt.out, tt.errs)
			}
			if (code == Done) != (errs == "") {
				t.Errorf("code %d and on the error output: %q", code, errs)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	code, out, _ := run(t, []string{"check"}, "")
	if code != Done || !strings.Contains(out, "nothing unsafe") {
		t.Errorf("defaults = %d %s", code, out)
	}
	code, out, _ = run(t, []string{"check", "--metrics-addr", "0.0.0.0:9"}, "")
	if code != Failed || !strings.Contains(out, "refused: SHANGQUAN_METRICS_ADDR") {
		t.Errorf("open metrics = %d %s", code, out)
	}
	for _, tt := range []struct {
		args []string
		want int
	}{{[]string{"check", "--json"}, 0}, {[]string{"check", "--json", "--addr", "x", "--sample"}, 1}} {
		_, out, _ = run(t, tt.args, "")
		var got struct {
			Findings []struct{ Setting, Text string }
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || got.Findings == nil || len(got.Findings) != tt.want {
			t.Errorf("%v = %s (%v)", tt.args, out, err)
		}
	}
}

// In production the folder of the backups is looked into as well. OPS-07.
func TestCheckLooksAtBackups(t *testing.T) {
	folder := t.TempDir()
	set := []string{"ENV", "production", "BACKUPS", folder}
	if _, out, _ := run(t, []string{"check"}, "", set...); !strings.Contains(out, "there is no backup") {
		t.Errorf("an empty folder: %s", out)
	}
	file := filepath.Join(folder, "dump")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, out, _ := run(t, []string{"check"}, "", set...); strings.Contains(out, "there is no backup") || strings.Contains(out, "hours old") {
		t.Errorf("a new backup: %s", out)
	}
	old := time.Now().Add(-30 * time.Hour)
	if err := os.Chtimes(file, old, old); err != nil {
		t.Fatal(err)
	}
	if _, out, _ := run(t, []string{"check"}, "", set...); !strings.Contains(out, "the newest backup is 30 hours old") {
		t.Errorf("an old backup: %s", out)
	}
	if _, out, _ := run(t, []string{"check"}, "", "BACKUPS", folder); strings.Contains(out, "hours old") {
		t.Errorf("in development: %s", out)
	}
}

func TestFlagsGoBeforeTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "store")
	if err := os.WriteFile(file, []byte(storeIn(dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	// The variable alone would be refused; beside it, --store-file would be a second source.
	if code, out, errs := run(t, []string{"check", "--store-file", file, "--addr", "127.0.0.1:1"}, "", "STORE", "nonsense", "ADDR", "nonsense"); code != Done {
		t.Errorf("= %d %s %s", code, out, errs)
	}
}

func TestVersion(t *testing.T) {
	code, out, _ := run(t, []string{"version", "--json"}, "")
	var b build
	if err := json.Unmarshal([]byte(out), &b); err != nil || code != Done || b.Go == "" || b.Modules == nil {
		t.Errorf("= %d %s (%v)", code, out, err)
	}
	if _, out, _ = run(t, []string{"version"}, ""); !strings.Contains(out, "built by go") {
		t.Errorf("= %s", out)
	}
}

func TestDamagedStoreIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shangquan.db"), bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"export"}, {"reindex"}, {"import", "-"}} {
		code, out, errs := run(t, args, "", "STORE", storeIn(dir))
		if code != Failed || out != "" || !strings.Contains(errs, "shangquan.db") || strings.Contains(errs, "goroutine") || strings.Count(errs, "\n") > 3 {
			t.Errorf("%v = %d\n%s\n%s", args, code, out, errs)
		}
	}
}

// TestServe starts the real program on a port of its own, asks it, starts a second on the same store and stops the first.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	r, w := io.Pipe()
	var errs said
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		p := program{Getenv: environment("STORE", storeIn(dir), "METRICS_ADDR", "127.0.0.1:0"), Out: w, Err: &errs}
		ended <- p.run(ctx, []string{"serve", "--addr", "127.0.0.1:0"})
		_ = w.Close()
	}()
	lines := bufio.NewReader(r)
	var addr, private string
	for _, form := range []struct {
		line string
		into *string
	}{{"metrics and readiness on %s", &private}, {"listening on %s", &addr}} {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%v: %s", err, errs.String())
		}
		if _, err := fmt.Sscanf(line, form.line, form.into); err != nil {
			t.Fatalf("%q", line)
		}
	}
	addr = strings.TrimSuffix(addr, ",")
	if status, _ := get(t, "http://"+private+"/metrics"); status != 200 {
		t.Errorf("the private listener answers %d", status)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/": 200, "/en/": 200, "/no/such": 404} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("GET %s = %d, want %d", path, resp.StatusCode, want)
		}
	}
	if code, _, said := run(t, []string{"export"}, "", "STORE", storeIn(dir)); code != Failed || !strings.Contains(said, "in use by another process") {
		t.Errorf("a second process = %d %s", code, said)
	}
	stop()
	if code := <-ended; code != Done {
		t.Errorf("stopped = %d %s", code, errs.String())
	}
	if code, _, said := run(t, []string{"export"}, "", "STORE", storeIn(dir)); code != Done {
		t.Errorf("after the stop = %d %s", code, said)
	}
}

func TestClock(t *testing.T) {
	start := time.Date(2026, 10, 15, 11, 20, 0, 0, time.UTC)
	for _, tt := range []struct {
		name        string
		start, from time.Time
	}{{"real", time.Time{}, time.Now()}, {"set", start, start}} {
		now := clock(tt.start)
		first := now()
		if first.Before(tt.from) || first.After(tt.from.Add(time.Minute)) || first.Location() != calendar.Shanghai {
			t.Errorf("%s: shows %v, want from %v on, in Shanghai", tt.name, first, tt.from)
		}
		for !now().After(first) { // ends because it runs on
		}
	}
}

// TestSample: an empty store is filled once, with visible progress, and what people changed since stays.
func TestSample(t *testing.T) {
	var out said
	p := program{Getenv: environment("STORE", storeIn(t.TempDir())), Out: &out, Err: &out}
	err := p.with(t.Context(), &options{getenv: p.Getenv}, func(d *district) error {
		if err := p.sample(t.Context(), d); err != nil {
			return err
		}
		first := out.String()
		n, err := d.listings.Count(t.Context(), store.All())
		if err != nil || n < 300 || !strings.Contains(first, " places\n") || !strings.Contains(first, "listings, ") {
			t.Errorf("%d listings, %v: %q", n, err, first)
		}
		err = p.sample(t.Context(), d)
		if out.String() != first {
			t.Errorf("a second time: %q", strings.TrimPrefix(out.String(), first))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestImportAndExport(t *testing.T) {
	dir := t.TempDir()
	on := []string{"STORE", storeIn(dir)}
	_, table, _ := run(t, []string{"export"}, "", on...)
	if !strings.HasPrefix(table, "\ufeff") || strings.Count(table, "\r\n") != 1 {
		t.Fatalf("an empty register is its headers alone: %q", table)
	}
	code, out, errs := run(t, []string{"import", "--json", "-"}, table, on...)
	if code != Done && !strings.Contains(out, "sheet.") {
		t.Errorf("headers alone = %d %s %s", code, out, errs)
	}
	code, out, _ = run(t, []string{"import", "-"}, "\x00\x01\x02", on...)
	if code != Failed || out == "" {
		t.Errorf("no table = %d %q", code, out)
	}
	code, out, _ = run(t, []string{"import", "-"}, "\xb5\xea\xc6\xcc\xb1\xe0\xba\xc5\nSJ1\n", on...) // 店铺编号, as a spreadsheet in China saves it
	if !strings.Contains(out, "read as GB18030\n") || code != Failed {
		t.Errorf("another encoding = %d %q", code, out)
	}
	file := filepath.Join(dir, "out.xlsx")
	if code, _, errs := run(t, []string{"export", "--format", "xlsx", "--output", file}, "", on...); code != Done {
		t.Fatal(errs)
	}
	if b, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(b, []byte("PK")) {
		t.Errorf("%s: %v", file, err)
	}
	if code, out, errs := run(t, []string{"reindex", "--json"}, "", on...); code != Done || !strings.Contains(out, `"indexed": 0`) {
		t.Errorf("reindex = %d %s %s", code, out, errs)
	}
}
