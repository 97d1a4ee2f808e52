package frontend

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// The entries of the build, as the manifest names them.
const (
	StyleEntry  = "styles/main.css"
	ScriptEntry = "src/main.ts"
	WorkerEntry = "src/sw.ts"
	IconsEntry  = "icons/icons.txt"
	MarkEntry   = "icons/icon.svg"
)

// Prefix is where the built files are served.
const Prefix = "/static/"

// ErrNotBuilt says in one sentence what to do when the front end was never built.
var ErrNotBuilt = errors.New("the front end is not built: run ./scripts/run, or 'npm ci && npm run build' in frontend/")

// Encoding is a content coding a built file is kept in.
type Encoding string

// The encodings. Identity is the file as built.
const (
	Identity Encoding = ""
	Brotli   Encoding = "br"
	Gzip     Encoding = "gzip"
	Zstd     Encoding = "zstd"
)

// Assets are the built files: what pages link to and what the static handler sends. They never change once loaded.
type Assets struct {
	files    map[string]*Asset // by name under Prefix
	manifest map[string]chunk
}

type chunk struct {
	File    string   `json:"file"`
	Imports []string `json:"imports"`
}

// Asset is one built file. Its name carries the hash of its content, so it may be kept for ever.
type Asset struct {
	Name        string
	ContentType string
	// ETag is a strong validator of the identity bytes, in quotes; an encoded answer needs its own: see Tag.
	ETag string
	// Integrity is what a page says of the file beside its address, so that a browser takes no other bytes (Subresource Integrity).
	Integrity string
	encoded   map[Encoding]func() []byte
}

// Load reads the build inside the binary. It returns ErrNotBuilt when there is none.
func Load() (*Assets, error) { return load(FS) }

func load(fsys fs.FS) (*Assets, error) {
	text, err := fs.ReadFile(fsys, "dist/static/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, err
	}
	a := &Assets{files: map[string]*Asset{}}
	if err := json.Unmarshal(text, &a.manifest); err != nil {
		return nil, fmt.Errorf("manifest of the front end: %w", err)
	}
	entries, err := fs.ReadDir(fsys, "dist/static")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() || e.Name() == "manifest.json" {
			continue
		}
		body, err := fs.ReadFile(fsys, path.Join("dist/static", e.Name()))
		if err != nil {
			return nil, err
		}
		a.files[e.Name()] = newAsset(e.Name(), body)
	}
	for _, entry := range []string{StyleEntry, ScriptEntry, WorkerEntry, IconsEntry, MarkEntry} {
		c, ok := a.manifest[entry]
		if !ok || a.files[c.File] == nil {
			return nil, fmt.Errorf("the build of the front end lacks %s; %w", entry, ErrNotBuilt)
		}
	}
	return a, nil
}

func newAsset(name string, body []byte) *Asset {
	sum := sha256.Sum256(body)
	return &Asset{
		Name:        name,
		ContentType: contentType(name),
		ETag:        `"` + hex.EncodeToString(sum[:12]) + `"`,
		Integrity:   "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
		// Compressing costs up to 50 ms a file: done when first asked for, once, so that the start does not wait for it.
		encoded: map[Encoding]func() []byte{
			Identity: func() []byte { return body },
			Brotli:   sync.OnceValue(func() []byte { return compressBrotli(body) }),
			Gzip:     sync.OnceValue(func() []byte { return compressGzip(body) }),
			Zstd:     sync.OnceValue(func() []byte { return compressZstd(body) }),
		},
	}
}

// contentType is a fixed table: mime.TypeByExtension reads the machine's own tables, which differ.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

// File returns the built file of that name (without Prefix), nil when there is none.
func (a *Assets) File(name string) *Asset { return a.files[name] }

// Files returns all built files by name.
func (a *Assets) Files() map[string]*Asset { return a.files }

// Entry returns the built file of an entry of the manifest, nil when there is none.
func (a *Assets) Entry(entry string) *Asset { return a.files[a.manifest[entry].File] }

// URL returns the address of an entry. It fails for an entry that was not built.
func (a *Assets) URL(entry string) (string, error) {
	c, ok := a.manifest[entry]
	if !ok {
		return "", fmt.Errorf("the build of the front end has no %q", entry)
	}
	return Prefix + c.File, nil
}

// Integrity returns what a page says of an entry beside its address. It fails for an entry that was not built.
func (a *Assets) Integrity(entry string) (string, error) {
	f := a.Entry(entry)
	if f == nil {
		return "", fmt.Errorf("the build of the front end has no %q", entry)
	}
	return f.Integrity, nil
}

// Preloads returns the addresses of the chunks an entry imports, for <link rel=modulepreload>.
func (a *Assets) Preloads(entry string) []string {
	urls := []string{}
	seen := map[string]bool{}
	var walk func(string)
	walk = func(e string) {
		for _, i := range a.manifest[e].Imports {
			if !seen[i] {
				seen[i] = true
				urls = append(urls, Prefix+a.manifest[i].File)
				walk(i)
			}
		}
	}
	walk(entry)
	return urls
}

// Bytes returns the file in encoding e, compressed at most once. Callers must not change the bytes. An unknown encoding gives
// the identity.
func (f *Asset) Bytes(e Encoding) []byte {
	if get, ok := f.encoded[e]; ok {
		return get()
	}
	return f.encoded[Identity]()
}

// Tag returns the ETag of the file in encoding e: bytes that differ need validators that differ.
func (f *Asset) Tag(e Encoding) string {
	if e == Identity {
		return f.ETag
	}
	return strings.TrimSuffix(f.ETag, `"`) + "-" + string(e) + `"`
}

func compressBrotli(body []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	_, _ = w.Write(body) // a bytes.Buffer does not fail
	_ = w.Close()
	return b.Bytes()
}

func compressGzip(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // fails for an unknown level only
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

func compressZstd(body []byte) []byte {
	w, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1)) // fails for options out of range only
	defer func() { _ = w.Close() }()
	return w.EncodeAll(body, nil)
}
