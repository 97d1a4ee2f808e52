package media_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/media"
)

// heard is what a server was asked.
type heard struct {
	mu       sync.Mutex
	requests []*http.Request
}

func (h *heard) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.requests = append(h.requests, r.Clone(context.WithoutCancel(r.Context())))
		h.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func (h *heard) all() []*http.Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.requests)
}

// Opening asks nothing, nobody is asked where the bucket lies, and each call is one request.
func TestS3AsksNoMoreThanItMust(t *testing.T) {
	for _, region := range []string{"?", "?region=cn-east-1&"} { // also without one
		t.Run(region, func(t *testing.T) {
			var h heard
			b := openBlobs(t, strings.Replace(s3(t, h.wrap), "?region=cn-east-1&", region, 1))
			if n := len(h.all()); n != 0 {
				t.Errorf("%d requests while it opens", n)
			}
			ctx := t.Context()
			if err := b.Put(ctx, key, []byte("x")); err != nil {
				t.Error(err)
			}
			if _, err := b.Get(ctx, key); err != nil {
				t.Error(err)
			}
			if err := b.Ping(ctx); err != nil {
				t.Error(err)
			}
			if err := b.Delete(ctx, key); err != nil {
				t.Error(err)
			}
			got := ""
			for _, r := range h.all() {
				got += r.Method + " " + r.URL.RequestURI() + "\n"
			}
			if want := fmt.Sprintf("PUT /photos/%[1]s\nGET /photos/%[1]s\nHEAD /photos/\nDELETE /photos/%[1]s\n", key); got != want {
				t.Errorf("asked\n%swant\n%s", got, want)
			}
		})
	}
}

// The bytes go up as they are, under their sum. What is newer than the first servers is not asked of them.
func TestS3SendsPlainBytes(t *testing.T) {
	var h heard
	b := openBlobs(t, s3(t, h.wrap))
	data := []byte("a photo")
	if err := b.Put(t.Context(), key, data); err != nil {
		t.Fatal(err)
	}
	r := h.all()[0]
	sum := sha256.Sum256(data)
	if r.Header.Get("X-Amz-Content-Sha256") != hex.EncodeToString(sum[:]) || r.ContentLength != int64(len(data)) || len(r.Trailer) > 0 || len(r.TransferEncoding) > 0 {
		t.Errorf("%d bytes, %v, headers %v", r.ContentLength, r.TransferEncoding, r.Header)
	}
	for name := range r.Header {
		if n := strings.ToLower(name); n == "content-encoding" || strings.Contains(n, "checksum") || strings.Contains(n, "trailer") || strings.Contains(n, "encryption") {
			t.Errorf("header %s: %s", name, r.Header.Get(name))
		}
	}
}

// A write is tried again with all its bytes; when none succeeds, what one may have left is taken away.
func TestS3WritesAgain(t *testing.T) {
	var left atomic.Int32
	var h heard
	b := openBlobs(t, s3(t, func(next http.Handler) http.Handler {
		return h.wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && left.Add(-1) >= 0 {
				next.ServeHTTP(discarded{w}, r) // it is written, but nobody learns
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			next.ServeHTTP(w, r)
		}))
	}))
	left.Store(2)
	if err := b.Put(t.Context(), key, []byte("whole")); err != nil {
		t.Error(err)
	}
	if got, err := b.Get(t.Context(), key); string(got) != "whole" {
		t.Errorf("%q, %v", got, err)
	}
	left.Store(3)
	if err := b.Put(t.Context(), key, []byte("whole")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("put: %v", err)
	}
	if _, err := b.Get(t.Context(), key); !fault.Is(err, fault.NotFound) {
		t.Errorf("get: %v", err)
	}
}

// discarded takes an answer that nobody gets.
type discarded struct{ http.ResponseWriter }

func (discarded) Header() http.Header            { return http.Header{} }
func (discarded) WriteHeader(int)                {}
func (discarded) Write(data []byte) (int, error) { return len(data), nil }

// A listing of many pages has them all, in order, and one that is broken off says so.
func TestS3Lists(t *testing.T) {
	b := openBlobs(t, s3(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if q := r.URL.Query(); q.Has("list-type") {
				q.Set("max-keys", "2")
				r.URL.RawQuery = q.Encode()
			}
			next.ServeHTTP(w, r)
		})
	}))
	var want []string
	for i := range 7 {
		want = append(want, strings.Replace(key, "-320", fmt.Sprintf("-%d", 7-i), 1))
		if err := b.Put(t.Context(), want[i], []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(want)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []string
	for o, err := range b.Each(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, o.Key)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	n, last := 0, error(nil)
	for _, last = range b.Each(ctx) {
		n++
		cancel()
	}
	if !fault.Is(last, fault.Unavailable) || n > 4 {
		t.Errorf("after %d: %v", n, last)
	}
}

// The environment says what the address does not: variables first, then the profile of the shared files.
func TestS3Environment(t *testing.T) {
	for name, c := range map[string]struct {
		address string
		env     map[string]string
		want    string // key/date/region
	}{
		"the address":      {"region=cn-east-1&", map[string]string{"AWS_REGION": "eu-west-1"}, "test/cn-east-1"},
		"a variable":       {"", map[string]string{"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2", "AWS_PROFILE": "office"}, "test/eu-west-1"},
		"an older one":     {"", map[string]string{"AWS_DEFAULT_REGION": "eu-west-2"}, "test/eu-west-2"},
		"the profile":      {"", map[string]string{"AWS_PROFILE": "office", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "ofoffice/cn-north-1"},
		"the usual one":    {"", map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "ofdefault/cn-south-1"},
		"no region at all": {"", map[string]string{"AWS_CONFIG_FILE": os.DevNull}, "test/us-east-1"},
	} {
		t.Run(name, func(t *testing.T) {
			var h heard
			uri := strings.Replace(s3(t, h.wrap), "region=cn-east-1&", c.address, 1)
			dir := t.TempDir()
			t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
			for name, text := range map[string]string{
				"config":      "[default]\nregion = cn-south-1\n[profile office]\nregion = cn-north-1\n",
				"credentials": "[default]\naws_access_key_id = ofdefault\naws_secret_access_key = x\n[office]\naws_access_key_id = ofoffice\naws_secret_access_key = x\n",
			} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			if err := openBlobs(t, uri).Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, scope, _ := strings.Cut(h.all()[0].Header.Get("Authorization"), "Credential=")
			if part := strings.Split(scope, "/"); len(part) < 3 || part[0]+"/"+part[2] != c.want {
				t.Errorf("signed by %s, want %s", scope, c.want)
			}
		})
	}
	t.Run("the endpoint", func(t *testing.T) {
		uri, endpoint, _ := strings.Cut(s3(t, nil), "&endpoint=")
		endpoint, err := url.QueryUnescape(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("AWS_ENDPOINT_URL_S3", endpoint)
		t.Setenv("AWS_ENDPOINT_URL", "https://elsewhere.invalid")
		if err := openBlobs(t, uri).Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("the authorities", func(t *testing.T) {
		server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		defer server.Close()
		uri, _, _ := strings.Cut(s3(t, nil), "&endpoint=")
		uri += "&endpoint=" + url.QueryEscape(server.URL)
		if err := openBlobs(t, uri).Ping(t.Context()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a server that nobody vouches for: %v", err)
		}
		file := filepath.Join(t.TempDir(), "authorities.pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("AWS_CA_BUNDLE", file)
		if err := openBlobs(t, uri).Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Without credentials nothing goes out at all: a bucket that takes what is not signed is not private.
func TestS3WithoutCredentials(t *testing.T) {
	var h heard
	uri := s3(t, h.wrap)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	b := openBlobs(t, uri)
	if err := b.Put(t.Context(), key, []byte("x")); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "credentials") {
		t.Errorf("put: %v", err)
	}
	if _, err := b.Get(t.Context(), key); !fault.Is(err, fault.Unavailable) {
		t.Errorf("get: %v", err)
	}
	if n := len(h.all()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// A bucket that is not there has no blobs missing: it is trouble with the store.
func TestS3ReadsWithoutItsBucket(t *testing.T) {
	b := openBlobs(t, strings.Replace(s3(t, nil), "photos", "elsewhere", 1))
	if _, err := b.Get(t.Context(), key); !fault.Is(err, fault.Unavailable) {
		t.Errorf("get: %v", err)
	}
	for _, err := range b.Each(t.Context()) {
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("each: %v", err)
		}
	}
}

// Who says "not found" of a blob to be removed is not the bucket, which says that it is removed: the blob may still be seen.
func TestS3RemovalThatNobodyMade(t *testing.T) {
	b := openBlobs(t, s3(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodDelete {
				http.NotFound(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}))
	if err := b.Put(t.Context(), key, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete(t.Context(), key); !fault.Is(err, fault.Unavailable) {
		t.Errorf("delete: %v", err)
	}
}

func TestS3Settings(t *testing.T) {
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	for uri, want := range map[string]string{
		"s3://b":                                     "shorter",
		"s3://bucket?endpoint=minio:9000":            "endpoint",
		"s3://bucket?endpoint=ftp://minio":           "endpoint",
		"s3://bucket?endpoint=https://":              "endpoint",
		"s3://bucket?endpoint=https://a:b@minio":     "endpoint",
		"s3://bucket?endpoint=https://minio/below":   "paths",
		"s3://bucket?endpoint=https://minio&color=1": "color",
	} {
		if _, err := media.OpenBlobs(uri); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", uri, err)
		}
	}
	t.Setenv("AWS_CA_BUNDLE", filepath.Join(t.TempDir(), "none.pem"))
	if _, err := media.OpenBlobs("s3://bucket"); !fault.Is(err, fault.Invalid) {
		t.Errorf("authorities that are not there: %v", err)
	}
}
