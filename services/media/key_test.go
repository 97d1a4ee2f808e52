package media

import (
	"strings"
	"testing"

	"shangquan/services/lang"
)

const id = "0123456789abcdef0123456789abcdef"

// Every name that is not exactly what this package makes is no key, however a router, a proxy or a file system might read it (UPL-05).
func TestOnlyOurKeys(t *testing.T) {
	photo, evidence := "media/01/"+id+"-320.jpg", "evidence/01/"+id
	if !isFile(photo) || isEvidence(photo) || !isEvidence(evidence) || isFile(evidence) {
		t.Fatal("our own keys are not known")
	}
	for _, key := range []string{
		"", "/", ".", "..", "media", "media/", "/" + photo, photo + "/", photo + "/..", "./" + photo,
		"media/./01/" + id + "-320.jpg", "media/01/./" + id + "-320.jpg", "media//01/" + id + "-320.jpg", "media/01//" + id + "-320.jpg",
		"media/../media/01/" + id + "-320.jpg", "media/01/../01/" + id + "-320.jpg", "../media/01/" + id + "-320.jpg",
		"media/%2e/01/" + id + "-320.jpg", "media/01%2f" + id + "-320.jpg", "media/%2e%2e/" + id + "-320.jpg", "media/01/%2e%2e/%2e%2e/etc/passwd",
		"media\\01\\" + id + "-320.jpg", "media/..\\01/" + id + "-320.jpg", "../../etc/passwd", "media/../../etc/passwd", "media/01/../../../etc/passwd",
		"media/01/" + id + ".jpg", "media/01/" + id + "-.jpg", "media/01/" + id + "-0.jpg", "media/01/" + id + "-032.jpg", "media/01/" + id + "-99999.jpg",
		"media/01/" + id + "-320.JPG", "media/01/" + id + "-320.png", "media/01/" + id + "-320.jpg.tmp", "media/01/" + id + "-320.jpg\n", "media/01/" + id + "-320.jpg\x00",
		"media/01/" + id[1:] + "-320.jpg", "media/01/" + id + "0-320.jpg", "media/01/" + strings.ToUpper(id) + "-320.jpg",
		"media/02/" + id + "-320.jpg", "MEDIA/01/" + id + "-320.jpg", "media/01/" + strings.Repeat("../", 8) + id[:8] + "-320.jpg",
		"files/01/" + id, "files/02/" + id + ".pdf", "files/01/" + id + ".PDF", "files/01/../01/" + id + ".pdf", "evidence/01/" + id + ".jpg", "evidence/01/../01/" + id, "evidence/02/" + id, "evidence/01/" + id + "/", "private/01/" + id,
		"media/٠١/" + id + "-320.jpg", "media/01/" + id + "-３２０.jpg", photo + ".attrs", evidence + ".attrs",
	} {
		if isKey(key) {
			t.Errorf("%q passes as a key", key)
		}
	}
}

func TestKeysAreRandom(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		n := newID()
		if !validID(n) || seen[n] {
			t.Fatalf("%q is no new id", n)
		}
		seen[n] = true
	}
}

func TestPhotoFiles(t *testing.T) {
	p := Photo{Key: id, Widths: []int{320, 640, 1280}, W: 1280, H: 853}
	files := p.Files()
	if len(files) != 3 || files[1] != "media/01/"+id+"-640.jpg" || !isFile(files[0]) {
		t.Errorf("files %v", files)
	}
	if p.File(100) != "" || (Photo{Key: "../../etc/passwd", Widths: []int{1}}).File(1) != "" {
		t.Error("a file that is none has a key")
	}
	if p.Height(640) != 427 || p.Height(1280) != 853 || (Photo{W: 5000, H: 1}).Height(320) != 1 {
		t.Errorf("heights %d %d", p.Height(640), p.Height(1280))
	}
	long := Photo{Caption: lang.Text{Hans: strings.Repeat("店", 61), En: "a\x00"}}
	if f := long.Check("photos[2]"); len(f) != 2 || f[0].Name != "photos[2].caption" || f[1].Name != "photos[2].caption.en" {
		t.Errorf("faults %v", f)
	}
	if f := (Photo{}).Check("p"); len(f) != 0 {
		t.Errorf("a photo without a caption: %v", f)
	}
}

func TestRoom(t *testing.T) {
	for _, c := range []struct {
		name  string
		use   Usage
		bytes int
		key   string
	}{
		{"empty", Usage{}, 1 << 20, ""},
		{"the 30th", Usage{Photos: 29}, 1, ""},
		{"the 31st", Usage{Photos: 30}, 1, "media.quota.photos"},
		{"the last byte", Usage{Bytes: 200<<20 - 5}, 5, ""},
		{"one byte more", Usage{Bytes: 200<<20 - 5}, 6, "media.quota.bytes"},
	} {
		if got := keyOf(c.use.Room(c.bytes)); got != c.key {
			t.Errorf("%s: %q, want %q", c.name, got, c.key)
		}
	}
}
