package extract

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/secret"
)

var admin = access.Actor{AccountID: "a", Name: "管理员", Roles: []access.Role{access.Admin}, TwoFactor: true, Sudo: true}

// rewritten is a ZIP with one of its files changed.
func rewritten(t *testing.T, body []byte, name string, change func(string) string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			b = []byte(change(string(b)))
		}
		x, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTrailFile(t *testing.T) {
	at := time.Date(2026, 10, 15, 4, 0, 0, 0, time.UTC)
	now := func() time.Time { at = at.Add(time.Second); return at }
	_, log, keys := audittest.Open(t, now)
	for _, who := range []string{"陈阿姨", "=cmd()", "老周"} {
		if err := log.Event(t.Context(), access.Actor{AccountID: who, Name: who}, audit.Event{Action: access.AccountOpen, Object: audit.Ref{Kind: "account", ID: who}, Result: "ok"}); err != nil {
			t.Fatal(err)
		}
	}
	s := New(Deps{Log: log, Now: now})
	for name, by := range map[string]access.Actor{
		"a coordinator":         {AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true, Sudo: true},
		"without a fresh check": {AccountID: "a", Roles: []access.Role{access.Admin}, TwoFactor: true},
	} {
		if _, err := s.Trail(t.Context(), by, audit.Filter{}); err == nil {
			t.Errorf("%s takes the trail", name)
		}
	}
	f, err := s.Trail(t.Context(), admin, audit.Filter{})
	if err != nil || f.Manifest.Entries != 3 || !f.Manifest.Whole || len(f.Manifest.Changed) != 0 || f.Manifest.First != 1 || f.Manifest.Last != 3 {
		t.Fatalf("%+v, %v", f.Manifest, err)
	}
	if m, err := CheckTrail(keys, f.Body); err != nil || m.Entries != 3 || m.By != "管理员" {
		t.Errorf("the file is %+v, %v", m, err)
	}
	z, err := zip.NewReader(bytes.NewReader(f.Body), int64(len(f.Body)))
	if err != nil {
		t.Fatal(err)
	}
	table, err := z.Open(trailTable)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(table); err != nil || !bytes.Contains(b, []byte("陈阿姨")) || bytes.Contains(b, []byte(",=cmd")) || bytes.Count(b, []byte("是\r\n")) != 3 {
		t.Errorf("the table is\n%s, %v", b, err)
	}
	for name, body := range map[string][]byte{
		"another name in an entry": rewritten(t, f.Body, trailLines, func(s string) string { return strings.Replace(s, "老周", "老吴", 1) }),
		"an entry less":            rewritten(t, f.Body, trailLines, func(s string) string { _, s, _ = strings.Cut(s, "\n"); return s }),
		"another table":            rewritten(t, f.Body, trailTable, func(s string) string { return s + "x" }),
		"another manifest":         rewritten(t, f.Body, trailManifest, func(s string) string { return strings.Replace(s, "管理员", "别人", 1) }),
		"another signature":        rewritten(t, f.Body, trailSignature, func(string) string { return "AAAA" }),
		"no ZIP":                   []byte("trail"),
	} {
		if _, err := CheckTrail(keys, body); err == nil {
			t.Errorf("%s: it passes", name)
		}
	}
	other, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := CheckTrail(other, f.Body); err == nil {
		t.Error("another site says that the file is its own")
	}
	left, err := log.All(t.Context(), audit.Filter{Action: access.AuditExport}, "", 10)
	if err != nil || len(left.Items) != 1 || !slices.ContainsFunc(left.Items[0].Fact.Changes, func(x audit.Change) bool { return x.Path == "sha256" && strings.Contains(x.After, f.SHA256) }) {
		t.Errorf("on record is %+v, %v", left.Items, err)
	}
	part, err := s.Trail(t.Context(), admin, audit.Filter{Account: "老周"})
	if err != nil || part.Manifest.Entries != 1 || part.Manifest.Whole || part.Manifest.First != 3 {
		t.Errorf("a part: %+v, %v", part.Manifest, err)
	}
	none, err := s.Trail(t.Context(), admin, audit.Filter{From: at.Add(time.Hour)})
	if err != nil || none.Manifest.Entries != 0 {
		t.Errorf("nothing: %+v, %v", none.Manifest, err)
	}
	if _, err := CheckTrail(keys, none.Body); err != nil {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := s.Trail(t.Context(), access.Actor{}, audit.Filter{}); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a visitor: %v", err)
	}
}
