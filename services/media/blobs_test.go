package media_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"shangquan/services/fault"
	"shangquan/services/media"
	"shangquan/services/media/mediatest"
)

const key = "media/0a/0a23456789abcdef0123456789abcdef-320.jpg"

func openBlobs(t *testing.T, uri string) *media.Blobs {
	t.Helper()
	b, err := media.OpenBlobs(uri)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// s3 starts an S3-compatible server with one bucket behind wrap and returns the address of the bucket.
func s3(t *testing.T, wrap func(http.Handler) http.Handler) string {
	t.Helper()
	for _, name := range []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "") // of whoever runs the tests
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	backend := s3mem.New()
	if err := backend.CreateBucket("photos"); err != nil {
		t.Fatal(err)
	}
	handler := gofakes3.New(backend).Server()
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return "s3://photos?region=cn-east-1&path_style=true&endpoint=" + url.QueryEscape(server.URL)
}

func TestFolder(t *testing.T) {
	mediatest.Run(t, func(t *testing.T) *media.Blobs {
		return openBlobs(t, "file:"+filepath.Join(t.TempDir(), "data", "media"))
	})
}

func TestS3(t *testing.T) {
	mediatest.Run(t, func(t *testing.T) *media.Blobs { return openBlobs(t, s3(t, nil)) })
}

// Others on the machine read neither photos nor names, whatever the umask is (UPL-05).
func TestFolderIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "media")
	b := openBlobs(t, "file:"+dir)
	if err := b.Put(t.Context(), key, []byte("x")); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has %o, want %o", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil || files != 1 {
		t.Errorf("%d files (no metadata beside them), %v", files, err)
	}
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	b := openBlobs(t, "file:"+dir)
	if err := os.WriteFile(filepath.Join(dir, "media"), nil, 0o600); err != nil { // a file where a folder must be
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), key, []byte("x")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("put: %v", err)
	}
	if _, err := media.OpenBlobs("file:" + filepath.Join(dir, "media", "below")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("open: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	for _, uri := range []string{
		"", "data/media", "file:", "http://bucket", "s3:", "s3://", "s3://bucket/path", "s3://key:secret@bucket", "s3://bucket?acl=public-read",
		"s3://bucket?region=x&path_style=perhaps", "mem://", "gs://bucket",
	} {
		if _, err := media.OpenBlobs(uri); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", uri, err)
		}
	}
}

// A server that stumbles is asked again, three times in all, and then it is a fault that people understand.
func TestS3TriesAgain(t *testing.T) {
	for failures, fine := range map[int32]bool{0: true, 2: true, 3: false} {
		t.Run(fmt.Sprint(failures), func(t *testing.T) {
			var left, asked atomic.Int32
			b := openBlobs(t, s3(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if asked.Add(1); left.Add(-1) >= 0 {
						w.WriteHeader(http.StatusServiceUnavailable)
						return
					}
					next.ServeHTTP(w, r)
				})
			}))
			if err := b.Put(t.Context(), key, []byte("x")); err != nil {
				t.Fatal(err)
			}
			left.Store(failures)
			asked.Store(0)
			got, err := b.Get(t.Context(), key)
			if fine && (err != nil || string(got) != "x") || !fine && !fault.Is(err, fault.Unavailable) {
				t.Errorf("after %d failures: %q, %v", failures, got, err)
			}
			if n := asked.Load(); n != min(failures+1, 3) {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// What goes to the bucket: no public rights, our type, nothing of the sender.
func TestS3Requests(t *testing.T) {
	var put atomic.Pointer[http.Request]
	b := openBlobs(t, s3(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				put.Store(r.Clone(context.WithoutCancel(r.Context())))
			}
			next.ServeHTTP(w, r)
		})
	})+"&sse=AES256")
	if err := b.Put(t.Context(), key, []byte("x")); err != nil {
		t.Fatal(err)
	}
	h := put.Load().Header
	if h.Get("Content-Type") != media.Type || h.Get("X-Amz-Server-Side-Encryption") != "AES256" {
		t.Errorf("headers %v", h)
	}
	for name := range h {
		if n := strings.ToLower(name); strings.HasPrefix(n, "x-amz-acl") || strings.HasPrefix(n, "x-amz-grant") || strings.HasPrefix(n, "x-amz-meta") {
			t.Errorf("header %s: %s", name, h.Get(name))
		}
	}
}

func TestS3WithoutItsBucket(t *testing.T) {
	b := openBlobs(t, strings.Replace(s3(t, nil), "photos", "elsewhere", 1))
	if err := b.Ping(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("ping: %v", err)
	}
	if err := b.Put(t.Context(), key, []byte("x")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("put: %v", err)
	}
}
