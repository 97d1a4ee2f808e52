package media

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

const pdf = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /JSON 1 >>\nendobj\ntrailer\n%%EOF\n"

func TestFiles(t *testing.T) {
	s, c := newService(t)
	title := lang.Text{Hans: "施工许可证"}
	f, err := s.AddFile(t.Context(), Upload{Name: "../../ETC.PDF", Data: []byte(pdf)}, title, "account-1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.OpenFile(t.Context(), f.Key)
	if err != nil || string(got) != pdf || f.Bytes != len(pdf) || f.Name() != f.Key+".pdf" || strings.Contains(f.Blob(), "ETC") || !isDocument(f.Blob()) {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := s.Open(t.Context(), f.Blob()); !fault.Is(err, fault.NotFound) {
		t.Errorf("a file is given out as a photo: %v", err)
	}
	for name, bad := range map[string]struct {
		u   Upload
		t   lang.Text
		key string
	}{
		"another kind":   {Upload{Name: "x.pdf", Data: []byte("<html>%%EOF")}, title, "media.file.kind"},
		"another name":   {Upload{Name: "x.html", Data: []byte(pdf)}, title, "media.file.kind"},
		"cut off":        {Upload{Name: "x.pdf", Data: []byte(pdf[:20])}, title, "media.file.broken"},
		"empty":          {Upload{Name: "x.pdf"}, title, "media.file.kind"},
		"too large":      {Upload{Name: "x.pdf", Data: bytes.Repeat([]byte(pdf), MaxFile/len(pdf)+1)}, title, "media.file.large"},
		"a script":       {Upload{Name: "x.pdf", Data: []byte(strings.Replace(pdf, "/JSON 1", "/JS (x)", 1))}, title, "media.file.active"},
		"a program":      {Upload{Name: "x.pdf", Data: []byte(strings.Replace(pdf, "/JSON 1", "/S/Launch", 1))}, title, "media.file.active"},
		"without a name": {Upload{Name: "x.pdf", Data: []byte(pdf)}, lang.Text{}, "error.text.empty"},
	} {
		_, err := s.AddFile(t.Context(), bad.u, bad.t, "")
		f, ok := err.(*fault.Error) //nolint:errorlint // the service returns the fault itself
		if !ok || f.Kind != fault.Invalid || f.Fields[0].Key != bad.key {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, id := range []string{"", "x", "../" + f.Key, strings.ToUpper(f.Key), strings.Repeat("0", 32)} {
		if _, err := s.OpenFile(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	c.now = time.Now().Add(2 * orphanAge) // blobs of the folder engine have the real time
	kept := func(yield func(string, error) bool) { yield(f.Blob(), nil) }
	if swept, err := s.Sweep(t.Context(), kept); err != nil || swept.Deleted != 0 || len(swept.Missing) != 0 {
		t.Errorf("a file in use: %+v, %v", swept, err)
	}
	if swept, err := s.Sweep(t.Context(), func(func(string, error) bool) {}); err != nil || swept.Deleted != 1 {
		t.Errorf("a file nobody has: %+v, %v", swept, err)
	}
}
