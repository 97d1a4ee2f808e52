//go:build linux

package cli

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFewDescriptors (FLT-22): with 64 file descriptors a crowd takes them all. Who comes then waits or is turned away; the server stays,
// answers again when the crowd has gone, and has lost nothing.
func TestFewDescriptors(t *testing.T) {
	const child = "SHANGQUAN_TEST_FEW_DESCRIPTORS"
	if os.Getenv(child) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		os.Exit(program{Getenv: os.Getenv, Out: os.Stdout, Err: os.Stderr}.run(ctx, []string{"serve", "--addr", "127.0.0.1:0"}))
	}
	store := storeIn(t.TempDir())
	c := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -n 64 && exec "$0" -test.run='^TestFewDescriptors$'`, os.Args[0])
	c.Env = append(os.Environ(), child+"=1", "SHANGQUAN_STORE="+store, "SHANGQUAN_MEDIA=file:"+t.TempDir(), "SHANGQUAN_SAMPLE=true", "SHANGQUAN_RATE_FACTOR=0")
	var errs said
	c.Stderr = &errs
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	addr := ""
	for lines := bufio.NewScanner(out); addr == "" && lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), "listening on %s", &addr)
	}
	if addr = strings.TrimSuffix(addr, ","); addr == "" {
		t.Fatalf("it did not start: %v %s", c.Wait(), errs.String())
	}
	page := func() bool {
		client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/shops/yu-tian-cheng", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}
	if !page() {
		t.Fatal("no page before the crowd")
	}
	var crowd []net.Conn
	for range 90 {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", addr)
		if err != nil {
			break
		}
		_, _ = conn.Write([]byte("GET / HTTP/1.1\r\n")) // and not the rest
		crowd = append(crowd, conn)
	}
	if page() {
		t.Error("64 descriptors are enough for this crowd: the test sees nothing")
	}
	for _, conn := range crowd {
		_ = conn.Close()
	}
	for tries := 0; !page(); tries++ {
		if tries == 100 {
			t.Fatalf("no page after the crowd has gone: %s", errs.String())
		}
		time.Sleep(50 * time.Millisecond)
	}
	_ = c.Process.Signal(syscall.SIGTERM)
	if err := c.Wait(); err != nil {
		t.Errorf("it ended with %v: %s", err, errs.String())
	}
	if code, out, errs := run(t, []string{"verify-content"}, "", "STORE", store); code != Done {
		t.Errorf("verify-content = %d %s %s", code, out, errs)
	}
}
