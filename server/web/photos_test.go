package web

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/media"
)

// picture is a photo of w × h pixels.
func picture(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a PNG of a few bytes that says it is 15000 × 15000 pixels.
func bomb(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	binary.BigEndian.PutUint32(data[16:], 15000)
	binary.BigEndian.PutUint32(data[20:], 15000)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

func (x *town) shop(t testing.TB, id string) listing.Listing {
	t.Helper()
	l, err := x.services.Listings.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// pictures returns the files of photos that are stored by the town of this test.
func pictures(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(filepath.Dir(t.TempDir()), "*", "media", "media", "*", "*")) // every folder of a test lies in the same one
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A member adds two photos: customers see them on the page, in lists and in the data for search engines, and only as pictures (UPL-06).
func TestPhotosAppear(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	mine := "/my/shops/" + id + "/photos"
	a := staff.upload(mine, nil, upload{"photo", "门口.jpg", picture(t, 1400, 1050)}, upload{"photo", "two.jpg", picture(t, 800, 600)})
	if a.status != http.StatusSeeOther || a.to != mine+"?done=added" {
		t.Fatalf("two photos = %d %s %s", a.status, a.to, complaint(a.body))
	}
	if body := staff.page(a.to); !strings.Contains(body, "传好了") || strings.Count(body, `name="caption.`) != 2 {
		t.Errorf("the page after it: %s", complaint(body))
	}
	if n := len(pictures(t)); n != 6 {
		t.Errorf("%d files for two photos in three widths", n)
	}
	l := x.shop(t, id)
	if len(l.Photos) != 2 || l.Photos[0].W != 1280 || l.Photos[0].By != x.actor(t, demo.Staff).AccountID {
		t.Fatalf("stored %+v", l.Photos)
	}
	x.public(t)
	visitor := x.as(t, "")
	shop := visitor.page("/shops/" + l.Slug)
	for _, want := range []string{
		`srcset="/` + l.Photos[0].File(320) + ` 320w, /` + l.Photos[0].File(640) + ` 640w, /` + l.Photos[0].File(1280) + ` 1280w"`,
		`width="640" height="480"`, `loading="lazy"`, `"image":["http://shop.test/` + l.Photos[0].File(1280) + `"`,
	} {
		if !strings.Contains(shop, want) {
			t.Errorf("the page of the shop lacks %s", want)
		}
	}
	if row := visitor.page("/?q=" + url.QueryEscape(l.Name.Hans)); !strings.Contains(row, `<span class="thumb"><img src="/`+l.Photos[0].File(320)+`" width="320" height="240" alt="" loading="lazy"`) {
		t.Error("the row has no thumb of the cover")
	}

	file := "/" + l.Photos[0].File(320)
	got := visitor.get(file)
	want := map[string]string{
		"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "same-origin",
	}
	for k, v := range want {
		if got.header.Get(k) != v {
			t.Errorf("%s = %q, want %q", k, got.header.Get(k), v)
		}
	}
	if c, err := jpeg.DecodeConfig(strings.NewReader(got.body)); err != nil || c.Width != 320 || c.Height != 240 {
		t.Errorf("%+v %v", c, err)
	}
	if again := visitor.get(file, "If-None-Match", got.header.Get("ETag")); again.status != http.StatusNotModified || again.body != "" {
		t.Errorf("asked for again: %d with %d bytes", again.status, len(again.body))
	}
}

// What is no photo, or not one that can be taken, is refused in a sentence with the name of the file, and nothing is kept of it.
func TestPhotosRefused(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	mine := "/my/shops/" + id + "/photos"
	noise := make([]byte, 9<<20)
	copy(noise, picture(t, 100, 100))
	for _, tt := range []struct {
		name, file string
		body       []byte
		says       string
	}{
		{"too large", "大.jpg", noise, "大.jpg：照片太大（9 MB），请选 8 MB 以内的"},
		{"not a picture", "note.jpg", []byte("just some words, and more of them"), "note.jpg：这种文件收不了"},
		{"a page that says it is a picture", "page.png", []byte("<!doctype html><script>alert(1)</script>"), "page.png：这种文件收不了"},
		{"a bomb", "bomb.png", bomb(t), "bomb.png：照片太大（15000 × 15000 像素）"},
		{"JPEG that says PNG", "door.png", picture(t, 640, 480), "door.png：文件写着"},
		{"a torn one", "torn.jpg", picture(t, 640, 480)[:900], "torn.jpg：这张照片打不开"},
		{"a drawing with a script", "d.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), "d.svg：这种文件收不了"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := staff.upload(mine, nil, upload{"photo", tt.file, tt.body})
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, tt.says) || !strings.Contains(a.body, "<title>要改 1 处") {
				t.Errorf("= %d, want %q: %s", a.status, tt.says, complaint(a.body))
			}
		})
	}
	if a := staff.upload(mine, nil); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "还没有选照片") {
		t.Errorf("no file = %d", a.status)
	}
	if l := x.shop(t, id); len(l.Photos) != 0 {
		t.Errorf("%d photos are stored", len(l.Photos))
	}
	if left := pictures(t); len(left) != 0 {
		t.Errorf("files are left: %v", left)
	}
	// One that is refused does not take the others with it.
	a := staff.upload(mine, nil, upload{"photo", "good.jpg", picture(t, 640, 480)}, upload{"photo", "bad.jpg", []byte("no picture at all, only words")})
	if a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, "good.jpg") || !strings.Contains(a.body, "bad.jpg：") || len(x.shop(t, id).Photos) != 1 {
		t.Errorf("one of two = %d: %s", a.status, complaint(a.body))
	}
	// Evidence is in no reach of the address of photos.
	e, err := x.services.Photos.AddEvidence(t.Context(), media.Upload{Name: "licence.jpg", Data: picture(t, 640, 480)}, "somebody")
	if err != nil {
		t.Fatal(err)
	}
	folder, name := filepath.Split(strings.TrimPrefix(e.Key, "evidence/"))
	for _, path := range []string{"/media/" + folder + name, "/" + e.Key, "/media/..%2fevidence/" + name, "/media/" + folder + name + "-320.jpg", "/media/..%2f..%2fetc/passwd"} {
		if a := x.as(t, "").get(path); a.status != http.StatusNotFound {
			t.Errorf("GET %s = %d", path, a.status)
		}
	}
}

func TestPhotosQuota(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	for i := range media.MaxPhotos {
		photo := media.Photo{Key: strings.Repeat("0", 30) + strconv.Itoa(10+i), Widths: []int{320}, W: 320, H: 240, Bytes: 1000}
		if _, err := x.services.Listings.AddPhoto(t.Context(), access.System("test"), id, photo); err != nil {
			t.Fatal(err)
		}
	}
	a := staff.upload("/my/shops/"+id+"/photos", nil, upload{"photo", "31.jpg", picture(t, 640, 480)})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "这家店已有 30 张照片，删掉几张再加") {
		t.Errorf("the 31st = %d: %s", a.status, complaint(a.body))
	}
	if left := pictures(t); len(left) != 0 {
		t.Errorf("files are left: %v", left)
	}
}

func TestPhotosArranged(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	mine := "/my/shops/" + id + "/photos"
	for range 3 {
		if a := staff.upload(mine, nil, upload{"photo", "a.jpg", picture(t, 64, 48)}); a.status != http.StatusSeeOther {
			t.Fatal(a.status)
		}
	}
	l := x.shop(t, id)
	a, b, d := l.Photos[0].Key, l.Photos[1].Key, l.Photos[2].Key
	send := func(do string, more ...string) answer {
		v := url.Values{"rev": {strconv.FormatInt(x.shop(t, id).Rev, 10)}, "do": {do}}
		for i := 0; i+1 < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return staff.post(mine+"/order", v)
	}
	if got := send("cover:"+d, "caption."+b, " 招牌红烧肉 "); got.status != http.StatusSeeOther {
		t.Fatalf("cover = %d %s", got.status, complaint(got.body))
	}
	l = x.shop(t, id)
	if keysOf(l.Photos) != d+" "+a+" "+b || l.Photos[2].Caption.Hans != "招牌红烧肉" {
		t.Errorf("after it %+v", l.Photos)
	}
	if got := send("delete:" + a); got.status != http.StatusSeeOther || keysOf(x.shop(t, id).Photos) != d+" "+b {
		t.Errorf("deleted: %d %s", got.status, keysOf(x.shop(t, id).Photos))
	}
	// A caption too long is said at its photo, and what was typed is still there.
	long := strings.Repeat("长", 61)
	got := send("save", "caption."+b, long)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, long) || !strings.Contains(got.body, `id="caption-`+b+`-error"`) {
		t.Errorf("a long caption = %d", got.status)
	}
	for _, do := range []string{"delete:" + a, "cover:none", "nonsense:" + b} {
		if got := send(do); got.status != http.StatusBadRequest {
			t.Errorf("%s = %d", do, got.status)
		}
	}
	// Somebody else was quicker: both captions are seen, and nothing typed is lost.
	stale := strconv.FormatInt(x.shop(t, id).Rev, 10)
	if got := x.as(t, demo.Manager).post(mine+"/order", url.Values{"rev": {stale}, "do": {"save"}, "caption." + b: {"她写的"}}); got.status != http.StatusSeeOther {
		t.Fatalf("the manager = %d", got.status)
	}
	got = staff.post(mine+"/order", url.Values{"rev": {stale}, "do": {"save"}, "caption." + b: {"他写的"}})
	if got.status != http.StatusConflict || !strings.Contains(got.body, "刚才有人写成“她写的”") || !strings.Contains(got.body, `value="他写的"`) {
		t.Errorf("the second of two = %d %s", got.status, complaint(got.body))
	}
	if x.shop(t, id).Photos[1].Caption != (lang.Text{Hans: "她写的"}) {
		t.Error("the second of two has overwritten the first")
	}
}

func keysOf(list []media.Photo) string {
	out := []string{}
	for _, p := range list {
		out = append(out, p.Key)
	}
	return strings.Join(out, " ")
}

func TestArrange(t *testing.T) {
	list := []placed{{Key: "a"}, {Key: "b"}, {Key: "c"}}
	for do, want := range map[string]string{
		"save": "abc", "": "abc", "up:a": "abc", "up:c": "acb", "down:a": "bac", "down:c": "abc", "cover:c": "cab", "delete:b": "ac", "delete:x": "", "turn:a": "",
	} {
		got, ok := arrange(list, do)
		keys := ""
		for _, x := range got {
			keys += x.Key
		}
		if !ok {
			keys = ""
		}
		if keys != want {
			t.Errorf("%s: %s, want %s", do, keys, want)
		}
	}
	if !slices.Equal(list, []placed{{Key: "a"}, {Key: "b"}, {Key: "c"}}) {
		t.Error("the list that was given has changed")
	}
}

// Somebody else's shop is not there, neither to be looked at nor to be written.
func TestPhotosOfOthers(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.people[demo.Staff].ListingIDs[0]
	rival := x.as(t, demo.Rival)
	mine := "/my/shops/" + id + "/photos"
	if a := rival.get(mine); a.status != http.StatusNotFound {
		t.Errorf("GET = %d", a.status)
	}
	if a := rival.upload(mine, nil, upload{"photo", "a.jpg", picture(t, 64, 48)}); a.status != http.StatusNotFound {
		t.Errorf("upload = %d", a.status)
	}
	if a := rival.post(mine+"/order", url.Values{"rev": {"1"}, "do": {"save"}}); a.status != http.StatusNotFound {
		t.Errorf("order = %d", a.status)
	}
	if a := x.as(t, "").get(mine); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in?back=") {
		t.Errorf("a visitor is led to %d %s", a.status, a.to)
	}
	if len(x.shop(t, id).Photos) != 0 {
		t.Error("a photo was added")
	}
}
