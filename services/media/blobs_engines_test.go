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

	"github.com/minio/minio-go/v7/pkg/credentials"

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
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE"} {
		t.Setenv(name, "") // of whoever runs the tests
	}
	for uri, want := range map[string]string{
		"s3://photos":                                                 "https://photos.s3.us-east-1.amazonaws.com/",
		"s3://photos?region=cn-north-1":                               "https://photos.s3.cn-north-1.amazonaws.com.cn/",
		"s3://photos?region=eu-west-1&path_style=true":                "https://s3.eu-west-1.amazonaws.com/photos/",
		"s3://shop.photos?region=eu-west-1":                           "https://s3.eu-west-1.amazonaws.com/shop.photos/",
		"s3://photos?endpoint=https://s3.cn-north-1.amazonaws.com.cn": "https://photos.s3.cn-north-1.amazonaws.com.cn/",
		"s3://photos?region=&endpoint=https://oss.example":            "https://photos.oss.example/",
		"s3://photos?endpoint=https://oss.example:8443":               "https://photos.oss.example:8443/",
		"s3://photos?endpoint=https://oss.example&path_style=true":    "https://oss.example/photos/",
		"s3://shop.photos?endpoint=http://minio:9000":                 "http://shop.photos.minio:9000/",
		"s3://photos?endpoint=http://10.0.0.1:9000&path_style=false":  "http://10.0.0.1:9000/photos/",
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

// given is where credentials come from in a test.
type given struct {
	value   credentials.Value
	err     error
	expired bool
	asked   int
}

func (g *given) RetrieveWithCredContext(*credentials.CredContext) (credentials.Value, error) {
	g.asked++
	return g.value, g.err
}
func (g *given) Retrieve() (credentials.Value, error) { return g.RetrieveWithCredContext(nil) }
func (g *given) IsExpired() bool                      { return g.expired }

// Keys that do not end are asked for once. Those of a role are renewed before they end, and while that fails the old ones serve, until
// they end; what went wrong is said then.
func TestS3Credentials(t *testing.T) {
	now := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	none := &given{value: credentials.Value{SignerType: credentials.SignatureAnonymous}}
	file, role := &given{err: errors.New("no such profile")}, &given{value: credentials.Value{AccessKeyID: "role", Expiration: now.Add(time.Hour)}}
	s := &signed{from: []credentials.Provider{none, file, role}, now: func() time.Time { return now }}
	keys := credentials.New(s)
	get := func(want string) {
		t.Helper()
		if v, err := keys.GetWithContext(nil); err != nil || v.AccessKeyID != want {
			t.Errorf("%q %v, want %q", v.AccessKeyID, err, want)
		}
	}
	get("role")
	get("role")
	if none.asked != 1 || file.asked != 1 || role.asked != 1 {
		t.Errorf("asked %d, %d, %d times", none.asked, file.asked, role.asked)
	}
	now = now.Add(50 * time.Minute)
	role.expired, role.err = true, errors.New("the role does not answer")
	get("role")
	get("role")
	if role.asked != 2 || file.asked != 1 {
		t.Errorf("while the role does not answer it was asked %d times, and the file %d", role.asked, file.asked)
	}
	now = now.Add(renewal)
	role.err, role.value = nil, credentials.Value{AccessKeyID: "new", Expiration: now.Add(time.Hour)}
	get("new")
	role.expired = true
	role.err = errors.New("the role does not answer")
	now = now.Add(2 * time.Hour)
	if v, err := keys.GetWithContext(nil); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("after the end: %q %v", v.AccessKeyID, err)
	}

	static := &given{value: credentials.Value{AccessKeyID: "static"}, expired: true} // as the library says of keys in a file
	keys = credentials.New(&signed{from: []credentials.Provider{static}, now: time.Now})
	get("static")
	get("static")
	if static.asked != 1 {
		t.Errorf("keys that do not end were asked for %d times", static.asked)
	}
}

// A role to take on, and a named file that cannot be read, are said when the server starts; a home without a file is none.
func TestS3Configuration(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_PROFILE", "office")
	file := filepath.Join(t.TempDir(), "config")
	t.Setenv("AWS_CONFIG_FILE", file)
	if err := os.WriteFile(file, []byte("[profile office]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = default\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bucketAt("s3://photos"); err == nil || !strings.Contains(err.Error(), "role_arn") {
		t.Errorf("a role to take on: %v", err)
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Dir(file)) // a folder cannot be read
	if _, err := bucketAt("s3://photos"); err == nil {
		t.Error("a file that was named and cannot be read is passed over")
	}
	t.Setenv("AWS_CONFIG_FILE", "")
	t.Setenv("HOME", file) // below a file there is nothing to read
	if _, err := bucketAt("s3://photos"); err != nil {
		t.Errorf("a home that is none: %v", err)
	}
}
