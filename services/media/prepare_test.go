package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"shangquan/services/fault"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decoded(t testing.TB, b []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestTakesPhotos(t *testing.T) {
	picture := scene(900, 600)
	for _, c := range []struct {
		u    Upload
		want string
	}{
		{Upload{"IMG_2034.JPG", "image/jpeg", jpegOf(t, picture)}, "320×213 640×427 900×600"},
		{Upload{"门头.jpeg", "image/pjpeg; q=1", jpegOf(t, picture)}, "320×213 640×427 900×600"},
		{Upload{"", "", jpegOf(t, picture)}, "320×213 640×427 900×600"},
		{Upload{"a.png", "image/png", pngOf(t, picture)}, "320×213 640×427 900×600"},
		{Upload{"a.webp", "IMAGE/WebP", file(t, "lossy.webp")}, "150×100"},
		{Upload{"a.webp", "image/webp", file(t, "alpha.webp")}, "75×100"},
		{Upload{"a.webp", "image/webp", file(t, "lossy-alpha.webp")}, "320×241 400×301"},
		{Upload{"gray.png", "image/png", pngOf(t, image.NewGray16(image.Rect(0, 0, 10, 100)))}, "10×100"},
		{Upload{"dot.png", "image/png", pngOf(t, scene(1, 1))}, "1×1"},
	} {
		pic, err := Prepare(t.Context(), c.u, publicWidths...)
		if err != nil {
			t.Errorf("%s: %v", c.u.Name, err)
			continue
		}
		var got []string
		for _, s := range pic.Sizes {
			got = append(got, fmt.Sprintf("%d×%d", s.W, s.H))
			if b := decoded(t, s.JPEG).Bounds(); b.Dx() != s.W || b.Dy() != s.H {
				t.Errorf("%s: a file of %v says %d×%d", c.u.Name, b, s.W, s.H)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.u.Name, s, c.want)
		}
	}
}

func TestWidths(t *testing.T) {
	for w, want := range map[int][]int{
		1: {1}, 319: {319}, 320: {320}, 390: {390}, 400: {320, 400}, 640: {320, 640}, 650: {320, 650}, 800: {320, 640, 800}, 1280: {320, 640, 1280}, 8000: {320, 640, 1280},
	} {
		if got := fitting(publicWidths, w); !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", w, got, want)
		}
	}
}

// What is refused, and the sentence that says why (security.md UPL-01, UPL-02).
func TestRefuses(t *testing.T) {
	good := jpegOf(t, scene(60, 40))
	var moving bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White})
	if err := gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	vp8x := func(flags byte) []byte { return riff("VP8X", []byte{flags, 0, 0, 0, 149, 0, 0, 99, 0, 0}) }
	vp8 := file(t, "lossy.webp")[12:]
	large := make([]byte, MaxUpload+1)
	copy(large, good)
	for _, c := range []struct {
		name string
		u    Upload
		key  string
	}{
		{"nothing", Upload{}, "media.type"},
		{"SVG as .jpg", Upload{"a.jpg", "image/jpeg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)}, "media.type"},
		{"HTML as .png", Upload{"a.png", "image/png", []byte("<!doctype html><script>alert(1)</script>")}, "media.type"},
		{"GIF", Upload{"a.gif", "image/gif", moving.Bytes()}, "media.type"},
		{"GIF as .jpg", Upload{"a.jpg", "image/jpeg", moving.Bytes()}, "media.type"},
		{"HEIC", Upload{"a.heic", "image/heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")}, "media.heic"},
		{"HEIC as .jpg", Upload{"a.jpg", "image/jpeg", []byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic")}, "media.heic"},
		{"AVIF", Upload{"a.avif", "image/avif", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1")}, "media.type"},
		{"TIFF", Upload{"a.jpg", "image/jpeg", exif(binary.LittleEndian, 1)}, "media.type"},
		{"BMP", Upload{"a.bmp", "image/bmp", append([]byte("BM"), make([]byte, 60)...)}, "media.type"},
		{"PDF", Upload{"licence.pdf", "application/pdf", []byte("%PDF-1.7\n")}, "media.type"},
		{"PDF before a JPEG", Upload{"a.jpg", "image/jpeg", append([]byte("%PDF-1.7\n"), good...)}, "media.type"},
		{"zip", Upload{"a.jpg", "", []byte("PK\x03\x04")}, "media.type"},
		{"wrong ending", Upload{"a.png", "image/jpeg", good}, "media.mismatch"},
		{"script ending", Upload{"a.jpg.html", "image/jpeg", good}, "media.mismatch"},
		{"wrong type", Upload{"a.jpg", "text/html", good}, "media.mismatch"},
		{"type of another picture", Upload{"", "image/webp", good}, "media.mismatch"},
		{"moving PNG", Upload{"a.png", "image/png", withChunks(pngOf(t, scene(9, 9)), chunk("acTL", make([]byte, 8)))}, "media.moving"},
		{"moving WebP", Upload{"a.webp", "", webpFile(vp8x(2), riff("ANIM", make([]byte, 6)))}, "media.moving"},
		{"moving WebP that says it is still", Upload{"a.webp", "", webpFile(vp8x(0), riff("ANMF", make([]byte, 16)))}, "media.moving"},
		{"too many bytes", Upload{"a.jpg", "image/jpeg", large}, "media.large"},
		{"too wide", Upload{"a.png", "", sized(t, 8001, 1000)}, "media.side"},
		{"too high", Upload{"a.png", "", sized(t, 1000, 8001)}, "media.side"},
		{"too many pixels", Upload{"a.png", "", sized(t, 6000, 4001)}, "media.pixels"},
		{"too long", Upload{"a.png", "", sized(t, 1001, 100)}, "media.aspect"},
		{"too narrow", Upload{"a.png", "", sized(t, 100, 1001)}, "media.aspect"},
		{"no width", Upload{"a.png", "", sized(t, 0, 100)}, "media.unreadable"},
		{"cut off", Upload{"a.jpg", "", good[:len(good)/2]}, "media.unreadable"},
		{"a header only", Upload{"a.jpg", "", good[:3]}, "media.unreadable"},
		{"a WebP header only", Upload{"a.webp", "", []byte("RIFF\x04\x00\x00\x00WEBP")}, "media.unreadable"},
		{"a small canvas around a large picture", Upload{"a.webp", "", webpFile(riff("VP8X", []byte{0, 0, 0, 0, 9, 0, 0, 9, 0, 0}), vp8)}, "media.unreadable"},
	} {
		pic, err := Prepare(t.Context(), c.u, publicWidths...)
		if got := keyOf(err); got != c.key || !fault.Is(err, fault.Invalid) || len(pic.Sizes) != 0 {
			t.Errorf("%s: %q %v, want %s", c.name, got, err, c.key)
		}
	}
}

// sized is a PNG whose header says it has this size, with nothing behind it.
func sized(t testing.TB, w, h int) []byte {
	b := pngOf(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	head := slices.Clone(b[16:29])
	binary.BigEndian.PutUint32(head, uint32(w))
	binary.BigEndian.PutUint32(head[4:], uint32(h))
	return slices.Concat(b[:8], chunk("IHDR", head), b[33:])
}

func TestWhatIsSaidOfAMismatch(t *testing.T) {
	for _, c := range []struct{ name, kind, said string }{
		{"a.png", "", "PNG"}, {"a.<script>", "", "<SCRIPT>"}, {"a.\x00b", "", "?"}, {"a." + strings.Repeat("x", 200), "", "?"}, {"", "text/html", "TEXT/HTML"}, {"a.图", "", "?"},
	} {
		_, err := Prepare(t.Context(), Upload{c.name, c.kind, jpegOf(t, scene(3, 3))}, 320)
		var f *fault.Error
		if !errors.As(err, &f) || f.Fields[0].Args["Said"] != c.said || f.Fields[0].Args["Is"] != "JPG" {
			t.Errorf("%q %q: %v", c.name, c.kind, f)
		}
	}
}

// Whatever a file carries beside its pixels is gone: where it was taken, who took it, and what is hidden behind it (UPL-03).
func TestNothingElseIsLeft(t *testing.T) {
	secret := []byte("Exif GPS XMP IPTC Photoshop ICC_PROFILE tEXt <script>alert(1)</script> PK\x03\x04")
	photo, drawn := jpegOf(t, scene(700, 500)), pngOf(t, scene(700, 500))
	vp8 := file(t, "lossy.webp")[12:]
	for name, data := range map[string][]byte{
		"JPEG": append(withSegments(photo,
			segment(0xe0, []byte("JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00")),
			segment(0xe1, exifMark, exif(binary.BigEndian, 1), secret),
			segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00"), secret),
			segment(0xe2, []byte("ICC_PROFILE\x00\x01\x01"), secret),
			segment(0xe2, []byte("MPF\x00"), secret),
			segment(0xed, []byte("Photoshop 3.0\x008BIM"), secret),
			segment(0xfe, secret),
		), secret...),
		"PNG": append(withChunks(drawn,
			chunk("eXIf", append(exif(binary.BigEndian, 1), secret...)),
			chunk("tEXt", append([]byte("Comment\x00"), secret...)),
			chunk("iTXt", append([]byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), secret...)),
		), secret...),
		"WebP": append(webpFile(
			riff("VP8X", []byte{0x0c, 0, 0, 0, 149, 0, 0, 99, 0, 0}), vp8, riff("EXIF", append(exif(binary.BigEndian, 1), secret...)), riff("XMP ", secret)), secret...),
	} {
		pic, err := Prepare(t.Context(), Upload{Data: data}, publicWidths...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, s := range pic.Sizes {
			for _, word := range []string{"Exif", "GPS", "XMP", "xap", "IPTC", "Photoshop", "8BIM", "ICC", "tEXt", "MPF", "JFIF", "script", "PK\x03\x04", "Adobe"} {
				if bytes.Contains(s.JPEG, []byte(word)) {
					t.Errorf("%s, %d wide: %q is left", name, s.W, word)
				}
			}
			if got := segments(t, s.JPEG); got != "DB C0 C4 DA" {
				t.Errorf("%s, %d wide: segments %s", name, s.W, got)
			}
			if n := len(s.JPEG); bytes.Index(s.JPEG, []byte("\xff\xd9")) != n-2 {
				t.Errorf("%s, %d wide: something follows the end", name, s.W)
			}
		}
	}
}

// segments names the marker segments of a JPEG file up to its pixels, each once.
func segments(t *testing.T, b []byte) string {
	t.Helper()
	var out []string
	for i := 2; ; {
		if b[i] != 0xff {
			t.Fatalf("no marker at %d", i)
		}
		if m := fmt.Sprintf("%02X", b[i+1]); !slices.Contains(out, m) {
			out = append(out, m)
		}
		if b[i+1] == 0xda {
			return strings.Join(out, " ")
		}
		i += 2 + int(binary.BigEndian.Uint16(b[i+2:]))
	}
}

// The eight ways a camera stores the same scene come out alike.
func TestOrientation(t *testing.T) {
	picture := scene(240, 180)
	want := decoded(t, largest(t, jpegOf(t, picture)))
	for o := 1; o <= 8; o++ {
		stored := asStored(picture, o)
		if (stored.Rect.Dx() == 240) != (o < 5) {
			t.Fatalf("fixture %d has %v", o, stored.Rect)
		}
		for name, data := range map[string][]byte{
			"JPEG, big-endian":    withSegments(jpegOf(t, stored), segment(0xe1, exifMark, exif(binary.BigEndian, uint16(o)))),
			"JPEG, little-endian": withSegments(jpegOf(t, stored), segment(0xe0, []byte("JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00")), segment(0xe1, exifMark, exif(binary.LittleEndian, uint16(o)))),
			"JPEG, XMP first":     withSegments(jpegOf(t, stored), segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00")), segment(0xe1, exifMark, exif(binary.LittleEndian, uint16(o)))),
			"PNG":                 withChunks(pngOf(t, stored), chunk("eXIf", exif(binary.BigEndian, uint16(o)))),
		} {
			got := decoded(t, largest(t, data))
			if got.Bounds() != want.Bounds() {
				t.Errorf("%s, %d: %v, want %v", name, o, got.Bounds(), want.Bounds())
				continue
			}
			if d := difference(got, want); d > 3 {
				t.Errorf("%s, %d: differs by %.1f", name, o, d)
			}
		}
		// Without the tag it looks otherwise: the fixture is one.
		if plain := decoded(t, largest(t, jpegOf(t, stored))); o > 1 && plain.Bounds() == want.Bounds() && difference(plain, want) < 20 {
			t.Errorf("fixture %d looks like the upright one", o)
		}
	}
	webp := webpFile(riff("VP8X", []byte{8, 0, 0, 0, 149, 0, 0, 99, 0, 0}), file(t, "lossy.webp")[12:], riff("EXIF", append(slices.Clone(exifMark), exif(binary.LittleEndian, 6)...)))
	if b := decoded(t, largest(t, webp)).Bounds(); b.Dx() != 100 || b.Dy() != 150 {
		t.Errorf("WebP: %v", b)
	}
}

func largest(t testing.TB, data []byte) []byte {
	t.Helper()
	pic, err := Prepare(t.Context(), Upload{Data: data}, publicWidths...)
	if err != nil {
		t.Fatal(err)
	}
	return pic.Sizes[len(pic.Sizes)-1].JPEG
}

// difference is the mean difference of two pictures in a colour, 0–255.
func difference(a, b image.Image) float64 {
	var sum, n float64
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y += 3 {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x += 3 {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			for _, d := range []int{int(r1) - int(r2), int(g1) - int(g2), int(b1) - int(b2)} {
				sum += float64(max(d, -d)) / 257
				n++
			}
		}
	}
	return sum / n
}

func TestOrientationTag(t *testing.T) {
	le := exif(binary.LittleEndian, 6)
	long := slices.Clone(le)
	copy(long[8+2+12+2:], []byte{4, 0, 1, 0, 0, 0, 6, 0, 0, 0})
	far := binary.LittleEndian.AppendUint32([]byte("II*\x00"), 0xffffffff)
	for _, c := range []struct {
		name string
		b    []byte
		want int
	}{
		{"little-endian", le, 6},
		{"big-endian", exif(binary.BigEndian, 3), 3},
		{"as 32 bits", long, 6},
		{"0", exif(binary.LittleEndian, 0), 1},
		{"9", exif(binary.LittleEndian, 9), 1},
		{"no tag", exif(binary.LittleEndian, 6)[:8+2+12], 1},
		{"nothing", nil, 1},
		{"no directory", []byte("II*\x00\x08\x00\x00\x00"), 1},
		{"a directory outside", far, 1},
		{"neither order", append([]byte("XX"), le[2:]...), 1},
	} {
		if got := orientation(c.b); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestTransparencyLiesOnWhite(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 900, 600)) // all transparent, black underneath
	for y := range 600 {
		for x := range 450 {
			img.SetNRGBA(x, y, color.NRGBA{200, 0, 0, 128})
		}
	}
	got := decoded(t, largest(t, pngOf(t, img)))
	for _, c := range []struct {
		x    int
		want [3]int
	}{{800, [3]int{255, 255, 255}}, {100, [3]int{227, 127, 127}}} {
		r, g, b, _ := got.At(c.x, 300).RGBA()
		for i, v := range []uint32{r, g, b} {
			if d := int(v>>8) - c.want[i]; d < -4 || d > 4 {
				t.Errorf("at %d: %d %d %d, want %v", c.x, r>>8, g>>8, b>>8, c.want)
				break
			}
		}
	}
}

// Fine stripes become the grey that an eye sees from afar; a scaler that skips rows would show bands.
func TestShrinkingLooksAtEveryPixel(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 3000, 1500))
	for y := range 1500 {
		for x := range 3000 {
			if x%3 == 0 {
				img.SetGray(x, y, color.Gray{255})
			}
		}
	}
	small := shrink(img, 320, 160)
	for x := 5; x < 315; x++ {
		if v := small.RGBAAt(x, 80).R; v < 60 || v > 100 { // two or three of eight
			t.Fatalf("at %d: %d, want about 85", x, v)
		}
	}
}

func TestADecoderThatPanicsFailsItsUploadOnly(t *testing.T) {
	h := header{format: &format{decode: func(io.Reader) (image.Image, error) { panic("index out of range") }}}
	err := guard(func() error { _, err := h.decode(t.Context(), nil); return err })
	if keyOf(err) != "media.unreadable" || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("%v", err)
	}
	if _, err := Prepare(t.Context(), Upload{Data: jpegOf(t, scene(9, 9))}, 320); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

// Decoders stop at the next bytes they ask for when their time is up, and the sender's leaving is no fault of the picture.
func TestTimeIsUp(t *testing.T) {
	data := jpegOf(t, scene(900, 600))
	h, err := readHeader(Upload{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	if _, err := h.decode(late, data); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("decode: %v", err)
	}
	if _, err := h.sizes(late, scene(900, 600), publicWidths); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("sizes: %v", err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := Prepare(gone, Upload{Data: data}, 320); !errors.Is(err, context.Canceled) {
		t.Errorf("gone: %v", err)
	}
}

// Two at once, and no more than the memory there is; the third waits, and is sent away when it waits too long.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, err1 := turn(t.Context(), 1)
		second, err2 := turn(t.Context(), 1)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		start := time.Now()
		if _, err := turn(t.Context(), 1); !fault.Is(err, fault.Unavailable) || keyOf(err) != "media.busy" || time.Since(start) != waitTime {
			t.Errorf("a third: %v after %v", err, time.Since(start))
		}
		first()
		third, err := turn(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		second()
		if _, err := turn(t.Context(), budget); keyOf(err) != "media.busy" {
			t.Errorf("more memory than is left: %v", err)
		}
		third()
		all, err := turn(t.Context(), budget)
		if err != nil {
			t.Fatalf("everything was given back, but: %v", err)
		}
		all()
	})
}

// A picture made here can be sent in again: it keeps its size.
func TestPreparedAgainKeepsItsSize(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := rapid.IntRange(1, 420).Draw(rt, "w")
		h := rapid.IntRange(max(1, (w+9)/10), min(420, w*10)).Draw(rt, "h")
		pic, err := Prepare(t.Context(), Upload{Data: jpegOf(t, scene(w, h))}, publicWidths...)
		if err != nil {
			rt.Fatalf("%d×%d: %v", w, h, err)
		}
		for _, s := range pic.Sizes {
			if s.H*10 < s.W || s.W*10 < s.H {
				continue // rounding took it over the limit of a long picture
			}
			again, err := Prepare(t.Context(), Upload{Data: s.JPEG}, publicWidths...)
			if err != nil {
				rt.Fatalf("%d×%d again: %v", s.W, s.H, err)
			}
			if last := again.Sizes[len(again.Sizes)-1]; last.W != s.W || last.H != s.H {
				rt.Fatalf("%d×%d became %d×%d", s.W, s.H, last.W, last.H)
			}
		}
		if last := pic.Sizes[len(pic.Sizes)-1]; last.W != w || last.H != h {
			rt.Fatalf("%d×%d became %d×%d", w, h, last.W, last.H)
		}
	})
}
