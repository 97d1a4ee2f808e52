package media

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/fault"
)

const blobKey = "media/0a/0a23456789abcdef0123456789abcdef-320.jpg"

// names returns the paths of all files below dir.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			path, err = filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func folderAt(t *testing.T, dir string) *Blobs {
	t.Helper()
	b, err := OpenBlobs("file:" + dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ends is a context that ends when it was asked a few times, so in the middle of what somebody does.
type ends struct {
	context.Context
	left *int
}

func (e ends) Err() error {
	if *e.left--; *e.left < 0 {
		return context.Canceled
	}
	return nil
}

// A write that is broken off, whether by its caller or by the disk, changes nothing and leaves nothing.
func TestFolderWriteBreaksOff(t *testing.T) {
	dir := t.TempDir()
	b := folderAt(t, dir)
	left := 1
	if err := b.Put(ends{t.Context(), &left}, blobKey, []byte("x")); !errors.Is(err, context.Canceled) || left >= 0 {
		t.Errorf("put: %v, asked once too often is %d", err, left)
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
	if err := b.Put(t.Context(), blobKey, []byte("first")); err != nil {
		t.Fatal(err)
	}
	left = 1
	if err := b.Put(ends{t.Context(), &left}, blobKey, []byte("second")); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	if got, err := b.Get(t.Context(), blobKey); string(got) != "first" {
		t.Errorf("%q, %v", got, err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{blobKey}) {
		t.Errorf("left: %v", got)
	}

	dir = t.TempDir()
	b = folderAt(t, dir)
	if err := os.MkdirAll(filepath.Join(dir, blobKey), 0o700); err != nil { // what cannot be renamed over
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), blobKey, []byte("x")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("put: %v", err)
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

// What a crash leaves half written is no blob, is listed, and can be taken away.
func TestFolderTornWrite(t *testing.T) {
	dir := t.TempDir()
	b := folderAt(t, dir)
	for _, key := range []string{blobKey, "evidence/0a/0a23456789abcdef0123456789abcdef", "files/0a/0a23456789abcdef0123456789abcdef.pdf"} {
		file, err := folder(dir).temporary(key)
		if err == nil {
			_, err = file.WriteString("half")
		}
		if err = errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file.Name()); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file.Name(), info.Mode(), err)
		}
		if _, err := b.Get(t.Context(), key); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", key, err)
		}
	}
	torn := 0
	for o, err := range b.Each(t.Context()) {
		if err != nil || o.Size != 4 {
			t.Fatal(o, err)
		}
		torn++
		if err := b.Delete(t.Context(), o.Key); err != nil {
			t.Error(err)
		}
	}
	if got := names(t, dir); torn != 3 || len(got) != 0 {
		t.Errorf("%d torn, left: %v", torn, got)
	}
}

// A listing has the order of the keys within a folder, and passes over what is not ours. The files lie as earlier versions wrote them,
// through another library.
func TestFolderList(t *testing.T) {
	dir := t.TempDir()
	b := folderAt(t, dir)
	want := []string{
		"media/0a/0a23456789abcdef0123456789abcdef-1280.jpg", blobKey, blobKey + ".18c2f3a4b5d6e7f8.tmp",
		"media/0a/0aff456789abcdef0123456789abcdef-1.jpg", "media/ff/ff23456789abcdef0123456789abcdef-1.jpg",
	}
	theirs := []string{
		"README", "media/README", "media/0a/README", blobKey + ".attrs", "media/0a/sub/0a23456789abcdef0123456789abcdef-640.jpg", "other/0a/0a23456789abcdef0123456789abcdef",
	}
	for _, name := range slices.Concat(theirs, want) {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte("x"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for o, err := range b.Each(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, o.Key)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if data, err := b.Get(t.Context(), blobKey); string(data) != "x" {
		t.Errorf("%q, %v", data, err)
	}
}

// Nobody reads more than fits, and a folder that went away is said to be away.
func TestFolderTrouble(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "media")
	b := folderAt(t, dir)
	if err := b.Put(t.Context(), blobKey, make([]byte, maxBlob+1)); err != nil {
		t.Fatal(err)
	}
	if data, err := b.Get(t.Context(), blobKey); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if err := errors.Join(os.RemoveAll(dir), b.Ping(t.Context())); !fault.Is(err, fault.Unavailable) {
		t.Errorf("ping: %v", err)
	}
}

// The bucket is part of the name of the server unless the address, or the name, says otherwise.
func TestS3Hosts(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	for uri, want := range map[string]string{
		"s3://photos":                                                "https://photos.s3.us-east-1.amazonaws.com/",
		"s3://photos?region=cn-north-1":                              "https://photos.s3.cn-north-1.amazonaws.com.cn/",
		"s3://photos?region=eu-west-1&path_style=true":               "https://s3.eu-west-1.amazonaws.com/photos/",
		"s3://shop.photos?region=eu-west-1":                          "https://s3.eu-west-1.amazonaws.com/shop.photos/",
		"s3://photos?endpoint=https://oss.example:8443":              "https://photos.oss.example:8443/",
		"s3://photos?endpoint=https://oss.example&path_style=true":   "https://oss.example/photos/",
		"s3://shop.photos?endpoint=http://minio:9000":                "http://shop.photos.minio:9000/",
		"s3://photos?endpoint=http://10.0.0.1:9000&path_style=false": "http://10.0.0.1:9000/photos/",
	} {
		b, err := bucketAt(uri)
		if err != nil {
			t.Errorf("%s: %v", uri, err)
			continue
		}
		u, err := b.client.PresignedGetObject(t.Context(), b.name, blobKey, time.Minute, nil) // asks nobody
		if err != nil || u.Scheme+"://"+u.Host+strings.TrimSuffix(u.Path, blobKey) != want {
			t.Errorf("%s: %v, %v, want %s", uri, u, err, want)
		}
	}
}

// A request that takes too long ends, whether the server says nothing or stops in the middle.
func TestS3RequestsEnd(t *testing.T) {
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/begun" {
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
		}
		<-stop
	}))
	defer server.Close()
	defer close(stop)
	client := http.Client{Transport: limited{server.Client().Transport, 50 * time.Millisecond}}
	for _, path := range []string{"/silent", "/begun"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err == nil {
			_, err = io.ReadAll(answer.Body)
			err = errors.Join(err, answer.Body.Close())
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
