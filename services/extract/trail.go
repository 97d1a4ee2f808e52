package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/secret"
	"shangquan/services/sheet"
)

// Part of the trail leaves as one ZIP: the entries as they were signed, one a line, the same as a table for people, and a signed
// manifest with the hash of each. Whoever has the key tells from the file alone that it is what left (CheckTrail); that it left is itself
// in the trail, with the hash of the file.

// KindTrail names files of the trail in the trail.
const KindTrail = "trail"

// MostEntries is how many entries one file holds.
const MostEntries = 20_000

// The files in the ZIP.
const (
	trailLines, trailTable, trailManifest, trailSignature = "trail.jsonl", "trail.csv", "manifest.json", "manifest.sig"
)

// Manifest says what a file of the trail holds.
type Manifest struct {
	Made    time.Time         `json:"made"`
	By      string            `json:"by"`
	Filter  map[string]string `json:"filter"`
	Entries int               `json:"entries"`
	First   int64             `json:"first"` // numbers; 0: none
	Last    int64             `json:"last"`
	// Whole says that no entry between the first and the last is left out, so that each follows the one before it.
	Whole bool `json:"whole"`
	// Changed are the numbers of entries that are not as they were written, or do not follow; there should be none.
	Changed []int64           `json:"changed"`
	Files   map[string]string `json:"files"` // SHA-256 by name
}

// TrailFile is a finished file of the trail.
type TrailFile struct {
	Body     []byte
	SHA256   string
	Manifest Manifest
}

// Trail returns the entries that fit as a file and puts on record that it left, before it does: fault.Invalid when there are more than
// MostEntries.
func (s *Service) Trail(ctx context.Context, by access.Actor, f audit.Filter) (TrailFile, error) {
	if err := access.Require(by, access.AuditExport, access.Thing{Kind: KindTrail}); err != nil {
		return TrailFile{}, err
	}
	if _, err := s.Log.CatchUp(ctx); err != nil {
		return TrailFile{}, err
	}
	switch n, err := s.Log.Count(ctx, f); {
	case err != nil:
		return TrailFile{}, err
	case n > MostEntries:
		return TrailFile{}, &fault.Error{
			Kind: fault.Invalid, Key: "error.invalid", Err: fmt.Errorf("extract: %d entries", n),
			Fields: []fault.Field{{Name: "from", Key: "trail.wrong.too_many", Args: map[string]any{"N": n, "Most": MostEntries}}},
		}
	}
	m := Manifest{Made: s.Now().UTC(), By: by.Name, Filter: said(f), Whole: f.Whole(), Changed: []int64{}, Files: map[string]string{}}
	var lines, table bytes.Buffer
	out := json.NewEncoder(&lines)
	out.SetEscapeHTML(false) // the entry stands as it was signed
	rows := func(yield func([]string, error) bool) {
		var prev audit.Entry
		for e, err := range s.Log.Walk(ctx, f) {
			row := []string(nil)
			if err == nil {
				row, err = m.line(s.Log, out, &prev, &e)
			}
			if !yield(row, err) || err != nil {
				return
			}
			prev = e
		}
	}
	head := sheet.Table{Name: "操作记录", Head: []string{"序号", "时间", "谁", "角色", "操作", "对象", "名称", "理由", "结果", "改动", "来自", "请求", "与记下的一样"}}
	if err := head.Write(ctx, &table, sheet.CSV, rows); err != nil {
		return TrailFile{}, err
	}
	body, err := m.pack(s.Log, lines.Bytes(), table.Bytes())
	if err != nil {
		return TrailFile{}, err
	}
	file := TrailFile{Body: body, SHA256: sum(body), Manifest: m}
	why, err := json.Marshal(m.Filter)
	if err != nil {
		return TrailFile{}, err
	}
	return file, s.Log.Event(ctx, by, audit.Event{
		Action: access.AuditExport, Object: audit.Ref{Kind: KindTrail, ID: "file"}, Result: "ok",
		Changes: []audit.Change{{Path: "filter", After: string(why)}, {Path: "rows", After: strconv.Itoa(m.Entries)}, {Path: "sha256", After: strconv.Quote(file.SHA256)}},
	})
}

// line writes one entry and returns its row in the table.
func (m *Manifest) line(log *audit.Log, out *json.Encoder, prev, e *audit.Entry) ([]string, error) {
	proof, right, err := log.Proof(e)
	if err != nil {
		return nil, err
	}
	if m.Entries == 0 {
		m.First = e.Seq
	} else if m.Whole && (e.Seq != prev.Seq+1 || e.Prev != prev.Hash) {
		right = false
	}
	m.Entries, m.Last = m.Entries+1, e.Seq
	same := "是"
	if !right {
		m.Changed, same = append(m.Changed, e.Seq), "否"
	}
	changes := []string{}
	for _, x := range e.Fact.Changes {
		changes = append(changes, x.Path+": "+x.Before+" → "+x.After)
	}
	who := e.Fact.By
	return []string{
		strconv.FormatInt(e.Seq, 10), e.Fact.At.Format(time.RFC3339Nano), who.Name, who.Role, string(e.Fact.Action), e.Of, e.Fact.Title, e.Fact.Why, e.Result,
		strings.Join(changes, "\n"), who.Client, who.Request, same,
	}, out.Encode(proof)
}

// pack makes the ZIP.
func (m *Manifest) pack(log *audit.Log, lines, table []byte) ([]byte, error) {
	m.Files[trailLines], m.Files[trailTable] = sum(lines), sum(table)
	manifest, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	z := zip.NewWriter(&body)
	for _, x := range []struct {
		name string
		data []byte
	}{{trailManifest, manifest}, {trailSignature, []byte(log.Sign(manifest))}, {trailLines, lines}, {trailTable, table}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: x.name, Method: zip.Deflate, Modified: m.Made})
		if err == nil {
			_, err = w.Write(x.data)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// said is what a filter asks for, for people.
func said(f audit.Filter) map[string]string {
	out := map[string]string{}
	put := func(name, value string) {
		if value != "" {
			out[name] = value
		}
	}
	put("account", f.Account)
	put("action", string(f.Action))
	if f.Of.Kind != "" {
		put("object", f.Of.String())
	}
	put("result", f.Result)
	if !f.From.IsZero() {
		put("from", f.From.Format(time.RFC3339))
	}
	if !f.Until.IsZero() {
		put("until", f.Until.Format(time.RFC3339))
	}
	return out
}

var errNotTheFile = errors.New("extract: this is not the file that left")

// mostFile bounds one file of the ZIP, against one that was made to fill the memory.
const mostFile = 256 << 20

// CheckTrail tells from a file of the trail alone whether it is what left the program whose keys these are. The error says what is not.
func CheckTrail(keys *secret.Ring, body []byte) (Manifest, error) {
	var m Manifest
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return m, fmt.Errorf("%w: %w", errNotTheFile, err)
	}
	read := func(name string) ([]byte, error) {
		f, err := z.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errNotTheFile, err)
		}
		defer func() { _ = f.Close() }()
		return io.ReadAll(io.LimitReader(f, mostFile))
	}
	manifest, err := read(trailManifest)
	if err != nil {
		return m, err
	}
	signature, err := read(trailSignature)
	if err != nil {
		return m, err
	}
	if !audit.Signed(keys, manifest, string(signature)) {
		return m, fmt.Errorf("%w: the manifest is not signed by this site", errNotTheFile)
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		return m, fmt.Errorf("%w: %w", errNotTheFile, err)
	}
	for name, want := range m.Files {
		data, err := read(name)
		if err != nil {
			return m, err
		}
		if sum(data) != want {
			return m, fmt.Errorf("%w: %s was changed", errNotTheFile, name)
		}
		if name != trailLines {
			continue
		}
		if err := m.proves(keys, data); err != nil {
			return m, err
		}
	}
	return m, nil
}

// proves reads the lines of a file and tells whether each is what was written, but for those of which the manifest says that they are not.
func (m *Manifest) proves(keys *secret.Ring, lines []byte) error {
	n, bad := 0, 0
	for d := json.NewDecoder(bytes.NewReader(lines)); d.More(); n++ {
		var p audit.Proved
		if err := d.Decode(&p); err != nil {
			return fmt.Errorf("%w: line %d: %w", errNotTheFile, n+1, err)
		}
		if !audit.Proves(keys, p) {
			bad++
		}
	}
	if n != m.Entries || bad > len(m.Changed) {
		return fmt.Errorf("%w: %d lines, %d of them not as they were written", errNotTheFile, n, bad)
	}
	return nil
}
