package deploy

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The shipped proxy is run as it is, only its paths changed to where Debian's apache2 keeps things, and asked what fasthttp would let
// through. What reaches the application behind it is recorded.
func TestProxyRefusesWhatFasthttpLetsThrough(t *testing.T) {
	apache, err := exec.LookPath("apache2")
	if err != nil {
		t.Skip("NOT RUN: no apache2 on this machine (apt-get install apache2), so the shipped proxy configuration was not exercised")
	}
	var mu sync.Mutex
	var reached []*http.Request
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		reached = append(reached, r.Clone(context.WithoutCancel(r.Context())))
		mu.Unlock()
		_, _ = fmt.Fprint(w, "served")
	}))
	defer backend.Close()
	addr := startProxy(t, apache, backend.Listener.Addr().String())

	const good = "GET /ok HTTP/1.1\r\nHost: shop.example\r\nX-Real-IP: 6.6.6.6\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n"
	for _, tc := range []struct{ name, request, want string }{
		{"plain request", good, "200"},
		{"bare line feeds", strings.ReplaceAll(good, "\r\n", "\n"), "400"},
		{"one bare line feed", strings.Replace(good, "shop.example\r\n", "shop.example\n", 1), "400"},
		{"markup in Host", "GET / HTTP/1.1\r\nHost: a\"><script>\r\nConnection: close\r\n\r\n", "400"},
		{"no Host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400"},
		{"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", "400"},
		{"absolute target", "GET http://evil.example/ HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n", "400"},
		{"two lengths", "POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab", "400"},
		{"length and chunks", "POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", ""},
		{"unknown method", "BREW / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n", "501"},
		{"TRACE", "TRACE / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n", "405"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mu.Lock()
			reached = nil
			mu.Unlock()
			status := ask(t, addr, tc.request)
			if tc.want != "" && status != tc.want {
				t.Errorf("status = %s, want %s", status, tc.want)
			}
			mu.Lock()
			defer mu.Unlock()
			if tc.want != "200" && tc.want != "" && len(reached) > 0 {
				t.Errorf("the request reached the application")
			}
			for _, r := range reached {
				if len(r.TransferEncoding) > 0 && r.ContentLength > 0 {
					t.Errorf("both a length and chunks reached the application")
				}
				if ip := r.Header.Get("X-Real-IP"); ip != "127.0.0.1" {
					t.Errorf("X-Real-IP = %q, want the peer's own address", ip)
				}
				if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("X-Forwarded-Host") != "" {
					t.Errorf("the client's X-Forwarded headers reached the application")
				}
			}
		})
	}
	t.Run("folded header arrives as one line", func(t *testing.T) {
		mu.Lock()
		reached = nil
		mu.Unlock()
		ask(t, addr, "GET / HTTP/1.1\r\nHost: shop.example\r\nX-Note: a\r\n b\r\nConnection: close\r\n\r\n")
		mu.Lock()
		defer mu.Unlock()
		for _, r := range reached {
			if got := r.Header.Get("X-Note"); strings.ContainsAny(got, "\r\n") {
				t.Errorf("X-Note = %q, still folded", got)
			}
		}
	})
}

func ask(t *testing.T, addr, request string) string {
	t.Helper()
	c, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}).DialContext(t.Context(), "tcp", addr) // unverified: the certificate was made a moment ago by this test
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := c.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return "closed"
	}
	return strings.Fields(line)[1]
}

func startProxy(t *testing.T, apache, backend string) string {
	t.Helper()
	dir := t.TempDir()
	certificate(t, dir)
	raw, err := os.ReadFile("httpd.conf")
	if err != nil {
		t.Fatal(err)
	}
	plain, secure := freePort(t), freePort(t)
	conf := string(raw)
	// Debian builds these two in.
	for _, module := range []string{"unixd", "log_config"} {
		line := "LoadModule " + module + "_module modules/mod_" + module + ".so\n"
		if !strings.Contains(conf, line) {
			t.Fatalf("httpd.conf no longer contains %q; mend this test with it", line)
		}
		conf = strings.Replace(conf, line, "", 1)
	}
	conf = strings.NewReplacer(
		"ServerRoot /usr/local/apache2", "ServerRoot "+dir, " modules/", " /usr/lib/apache2/modules/", "/run/secrets/", dir+"/",
		"DefaultRuntimeDir /tmp", "DefaultRuntimeDir "+dir, "/tmp/", dir+"/", "/proc/self/fd/2", dir+"/error.log",
		"Listen 8080", "Listen "+plain, "Listen 8443", "Listen "+secure, "*:8080", plain, "*:8443", secure, "http://server:8080/", "http://"+backend+"/",
	).Replace(conf)
	file := filepath.Join(dir, "httpd.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), apache, "-f", file, "-DFOREGROUND")
	cmd.Env = append(os.Environ(), "SITE_HOST=shop.example")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }() // how it ends is its own affair; that it ends is what matters
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); <-exited })
	for range 200 {
		c, err := (&net.Dialer{Timeout: 50 * time.Millisecond}).DialContext(t.Context(), "tcp", secure)
		if err == nil {
			_ = c.Close()
			return secure
		}
		select {
		case <-exited:
			log, _ := os.ReadFile(filepath.Join(dir, "error.log"))
			t.Fatalf("the proxy did not start:\n%s%s", out.String(), log)
		case <-time.After(25 * time.Millisecond):
		}
	}
	t.Fatal("the proxy did not listen within five seconds")
	return ""
}

// freePort is an address that nobody listens on, below the ports that a program is given which asks for any: those of other tests.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+mathrand.IntN(10000)))
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
		if err != nil {
			continue
		}
		_ = l.Close()
		return addr
	}
	t.Fatal("no free port between 20000 and 30000")
	return ""
}

func certificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "shop.example"}, DNSNames: []string{"shop.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"tls_certificate": {Type: "CERTIFICATE", Bytes: der},
		"tls_key":         {Type: "EC PRIVATE KEY", Bytes: keyDER},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
