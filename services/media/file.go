package media

import (
	"bytes"
	"context"
	"strings"
	"time"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

// FileType is the media type of every file this package gives out. Send it as an attachment with nosniff and the name Name returns.
const FileType = "application/pdf"

// MaxFile is the largest file that is taken, in bytes.
const MaxFile = 10 << 20

// File is a PDF that staff attach to a notice, as its record keeps it. It is stored as it was sent, for it may be the stamped original.
type File struct {
	Key     string    `json:"key"`   // the random id, 32 hex digits
	Title   lang.Text `json:"title"` // what the link says
	Bytes   int       `json:"bytes"`
	AddedAt time.Time `json:"added_at"`
	By      string    `json:"by,omitempty"` // account
}

// fileTitle is one line.
var fileTitle = lang.Limit{Max: 40, Must: true}

// Check returns what is wrong with the record of a file, as faults of the fields below name.
func (f File) Check(name string) []fault.Field {
	out := fileTitle.CheckText(name+".title", f.Title)
	if !validID(f.Key) || f.Bytes < 1 || f.Bytes > MaxFile {
		out = append(out, fault.Field{Name: name, Key: "error.choice"})
	}
	return out
}

// Blob returns the key of its one blob, "" for a record that has no proper key.
func (f File) Blob() string {
	if !validID(f.Key) {
		return ""
	}
	return documentKey(f.Key)
}

// Name returns a file name for saving, made of the key: what people called the file is not repeated.
func (f File) Name() string { return f.Key + ".pdf" }

// AddFile stores a PDF. by is the id of the account; the caller has asked access whether it may.
//
// fault.Invalid, with one field "file", says why it is not taken; fault.Unavailable as for Add.
func (s *Service) AddFile(ctx context.Context, u Upload, title lang.Text, by string) (File, error) {
	f := File{Key: newID(), Title: title, Bytes: len(u.Data), AddedAt: s.now().UTC().Truncate(time.Millisecond), By: by}
	if err := checkPDF(u); err != nil {
		return File{}, err
	}
	if wrong := f.Check("file"); len(wrong) > 0 {
		return File{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	if err := s.space(); err != nil {
		return File{}, err
	}
	if err := s.blobs.Put(ctx, f.Blob(), u.Data); err != nil {
		return File{}, err
	}
	return f, nil
}

// OpenFile returns a stored file by the key of its record, always of the media type FileType: fault.NotFound, fault.Unavailable.
func (s *Service) OpenFile(ctx context.Context, id string) ([]byte, error) {
	if !validID(id) {
		return nil, fault.Missing()
	}
	return s.blobs.Get(ctx, documentKey(id))
}

// active are the names in a PDF that make a reader do something by itself (ISO 32000-1, 12.6.4 and 7.11.4): run a program or a script, or
// unpack another file. A file may still hide them in a compressed stream, which is why readers get it as an attachment only.
var active = []string{"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/RichMedia"}

// checkPDF looks at what an upload is: its name, its beginning and its end (ISO 32000-1, 7.5).
func checkPDF(u Upload) error {
	refuse := func(key string, args map[string]any) error { return fault.Wrong("file", key, args) }
	switch {
	case len(u.Data) > MaxFile:
		return refuse("media.file.large", map[string]any{"Size": (len(u.Data) + 1<<20 - 1) >> 20, "Max": MaxFile >> 20})
	case !strings.HasSuffix(strings.ToLower(u.Name), ".pdf"), !bytes.HasPrefix(u.Data, []byte("%PDF-")):
		return refuse("media.file.kind", nil)
	case !bytes.Contains(u.Data[max(0, len(u.Data)-1024):], []byte("%%EOF")):
		return refuse("media.file.broken", nil)
	}
	for _, name := range active {
		for rest := u.Data; ; {
			at := bytes.Index(rest, []byte(name))
			if at < 0 {
				break
			}
			if rest = rest[at+len(name):]; len(rest) == 0 || !letter(rest[0]) { // /JSomething is another name
				return refuse("media.file.active", nil)
			}
		}
	}
	return nil
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' }
