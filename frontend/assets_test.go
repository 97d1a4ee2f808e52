package frontend

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

const manifest = `{
 "styles/main.css": {"file": "style-1.css", "isEntry": true},
 "src/main.ts": {"file": "main-1.js", "imports": ["_b.js", "_a.js"], "css": ["main-1.css"]},
 "_a.js": {"file": "a-1.js", "imports": ["_b.js"], "css": ["a-1.css"]},
 "_b.js": {"file": "b-1.js"},
 "src/sw.ts": {"file": "sw-1.js"},
 "icons/icons.txt": {"file": "icons-1.svg"},
 "icons/icon.svg": {"file": "icon-1.svg"}
}`

func built() fstest.MapFS {
	m := fstest.MapFS{"dist/static/manifest.json": {Data: []byte(manifest)}}
	for _, name := range []string{"style-1.css", "main-1.js", "main-1.css", "a-1.js", "a-1.css", "b-1.js", "sw-1.js", "icons-1.svg", "icon-1.svg", "font.woff2", "odd.zzz"} {
		m["dist/static/"+name] = &fstest.MapFile{Data: []byte(strings.Repeat(name+" ", 200))}
	}
	return m
}

func TestLoad(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(fstest.MapFS)
		want   error // nil: any error
	}{
		{"never built", func(m fstest.MapFS) { delete(m, "dist/static/manifest.json") }, ErrNotBuilt},
		{"file of an entry missing", func(m fstest.MapFS) { delete(m, "dist/static/sw-1.js") }, ErrNotBuilt},
		{"broken manifest", func(m fstest.MapFS) { m["dist/static/manifest.json"].Data = []byte("{") }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := built()
			tt.change(m)
			if _, err := load(m); err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("load = %v, want %v", err, tt.want)
			}
		})
	}
	if strings.Contains(ErrNotBuilt.Error(), "\n") || !strings.Contains(ErrNotBuilt.Error(), "./scripts/run") {
		t.Errorf("ErrNotBuilt is not one sentence that says what to do: %v", ErrNotBuilt)
	}
}

func mustLoad(t *testing.T) *Assets {
	t.Helper()
	a, err := load(built())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAddresses(t *testing.T) {
	a := mustLoad(t)
	if got, err := a.URL(StyleEntry); got != "/static/style-1.css" || err != nil {
		t.Errorf("URL(style) = %q, %v", got, err)
	}
	if _, err := a.URL("src/no.ts"); err == nil {
		t.Error("URL of an unknown entry gives no error")
	}
	if diff := cmp.Diff([]string{"/static/b-1.js", "/static/a-1.js"}, a.Preloads(ScriptEntry)); diff != "" {
		t.Errorf("Preloads (-want +got):\n%s", diff)
	}
	if got := a.Preloads(StyleEntry); len(got) != 0 {
		t.Errorf("Preloads(style) = %v", got)
	}
	if a.Entry(WorkerEntry) != a.File("sw-1.js") || a.File("sw-1.js") == nil {
		t.Error("Entry and File differ")
	}
	if a.Entry("src/no.ts") != nil || a.File("manifest.json") != nil || a.File("../manifest.json") != nil {
		t.Error("something is served that was not built to be")
	}
}

func TestEncodings(t *testing.T) {
	f := mustLoad(t).File("main-1.js")
	plain := f.Bytes(Identity)
	tags := map[string]bool{}
	for _, tt := range []struct {
		encoding Encoding
		read     func(io.Reader) (io.Reader, error)
	}{
		{Identity, func(r io.Reader) (io.Reader, error) { return r, nil }},
		{Brotli, func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }},
		{Gzip, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		{Zstd, func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) }},
	} {
		t.Run("encoding "+string(tt.encoding), func(t *testing.T) {
			body := f.Bytes(tt.encoding)
			if tt.encoding != Identity && len(body) >= len(plain) {
				t.Errorf("%d bytes, the plain file has %d", len(body), len(plain))
			}
			r, err := tt.read(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, plain) {
				t.Errorf("decodes to %d bytes, %v; want the file", len(got), err)
			}
			if &body[0] != &f.Bytes(tt.encoding)[0] {
				t.Error("encoded twice")
			}
			if tag := f.Tag(tt.encoding); tags[tag] || !strings.HasPrefix(tag, `"`) || !strings.HasSuffix(tag, `"`) {
				t.Errorf("tag %s is not its own", tag)
			} else {
				tags[tag] = true
			}
		})
	}
	if got := f.Bytes("compress"); !bytes.Equal(got, plain) {
		t.Error("an unknown encoding does not give the file itself")
	}
}

func TestContentTypes(t *testing.T) {
	a := mustLoad(t)
	for name, want := range map[string]string{
		"main-1.js": "text/javascript; charset=utf-8", "style-1.css": "text/css; charset=utf-8", "icons-1.svg": "image/svg+xml",
		"font.woff2": "font/woff2", "odd.zzz": "application/octet-stream",
	} {
		if got := a.File(name).ContentType; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestWeight holds the real build to the budget (ui/design.md, section 9): what a first view loads, compressed.
func TestWeight(t *testing.T) {
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	script := len(a.Entry(ScriptEntry).Bytes(Brotli))
	for _, url := range a.Preloads(ScriptEntry) {
		script += len(a.File(strings.TrimPrefix(url, Prefix)).Bytes(Brotli))
	}
	for _, tt := range []struct {
		what      string
		got, most int
	}{
		{"style sheet", len(a.Entry(StyleEntry).Bytes(Brotli)), 10 << 10},
		{"scripts", script, 6 << 10},
		{"icons", len(a.Entry(IconsEntry).Bytes(Brotli)), 3 << 10},
	} {
		if tt.got > tt.most {
			t.Errorf("%s: %d bytes in brotli, at most %d", tt.what, tt.got, tt.most)
		}
	}
}
