package media

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/image/webp"

	"shangquan/services/fault"
)

// Limits of what is taken (security.md UPL-02).
const (
	MaxUpload = 8 << 20 // bytes
	maxSide   = 8000    // pixels
	maxPixels = 24_000_000
	maxAspect = 10
)

// format is one of the kinds of picture that are taken.
type format struct {
	name         string // as people call it
	extensions   []string
	types        []string
	decodeConfig func(io.Reader) (image.Config, error)
	decode       func(io.Reader) (image.Image, error)
}

var (
	formatJPEG = &format{"JPG", []string{".jpg", ".jpeg", ".jpe", ".jfif"}, []string{"image/jpeg", "image/jpg", "image/pjpeg"}, jpeg.DecodeConfig, jpeg.Decode}
	formatPNG  = &format{"PNG", []string{".png"}, []string{"image/png"}, png.DecodeConfig, png.Decode}
	formatWebP = &format{"WebP", []string{".webp"}, []string{"image/webp"}, webp.DecodeConfig, webp.Decode}
)

// header is what is known of a picture before it is decoded.
type header struct {
	format      *format
	w, h        int // as stored, before the orientation is applied
	orientation int // 1–8 as in Exif
	weight      int64
}

// readHeader says what an upload is and refuses what is not taken, before anything large is allocated: fault.Invalid. A panic of a
// decoder is one too.
func readHeader(u Upload) (h header, err error) {
	if len(u.Data) > MaxUpload {
		return h, wrong("media.large", map[string]any{"Size": (len(u.Data) + 1<<20 - 1) >> 20, "Max": MaxUpload >> 20})
	}
	if h.format, err = formatOf(u.Data); err != nil {
		return h, err
	}
	if said := u.declared(h.format); said != "" {
		return h, wrong("media.mismatch", map[string]any{"Said": said, "Is": h.format.name})
	}
	found := findings{orientation: 1}
	switch h.format {
	case formatJPEG:
		found.jpeg(u.Data)
	case formatPNG:
		found.png(u.Data)
	case formatWebP:
		found.webp(u.Data)
	}
	if found.moving {
		return h, wrong("media.moving", nil)
	}
	var c image.Config
	if err := guard(func() error { c, err = h.format.decodeConfig(bytes.NewReader(u.Data)); return err }); err != nil {
		return h, err
	}
	h.w, h.h, h.orientation = c.Width, c.Height, found.orientation
	per := bytesPerPixel(h.format, c.ColorModel)
	h.weight = int64(h.w) * int64(h.h) * per
	switch most := min(maxPixels, budget/per); {
	case h.w < 1 || h.h < 1:
		return h, unreadable(fmt.Errorf("media: %d×%d pixels", h.w, h.h))
	case h.w > maxSide || h.h > maxSide:
		return h, wrong("media.side", map[string]any{"W": h.w, "H": h.h, "Max": maxSide})
	case int64(h.w)*int64(h.h) > most:
		return h, wrong("media.pixels", map[string]any{"W": h.w, "H": h.h, "Mega": most / 1_000_000})
	case max(h.w, h.h) > maxAspect*min(h.w, h.h):
		return h, wrong("media.aspect", map[string]any{"Max": maxAspect})
	}
	return h, nil
}

// formatOf decides by content alone.
func formatOf(b []byte) (*format, error) {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return formatJPEG, nil
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return formatPNG, nil
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return formatWebP, nil
	case len(b) >= 12 && string(b[4:8]) == "ftyp" && slices.Contains([]string{"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"}, string(b[8:12])):
		return nil, wrong("media.heic", nil) // what many telephones make; there is a setting against it
	}
	return nil, wrong("media.type", nil)
}

// declared returns what the upload calls itself when that is not f: the ending of its name or its type.
func (u Upload) declared(f *format) string {
	if ext := strings.ToLower(path.Ext(u.Name)); ext != "" && !slices.Contains(f.extensions, ext) {
		return short(strings.TrimPrefix(ext, "."))
	}
	mediaType, _, _ := strings.Cut(strings.ToLower(u.Type), ";")
	if mediaType = strings.TrimSpace(mediaType); mediaType != "" && !slices.Contains(f.types, mediaType) {
		return short(mediaType)
	}
	return ""
}

// short keeps what a sender made up from filling the page that repeats it.
func short(s string) string {
	if len(s) > 20 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "?"
	}
	return strings.ToUpper(s)
}

// bytesPerPixel is what decoding takes at most for each pixel, measured on the decoders: coefficients of progressive JPEG are kept
// as 32-bit numbers until the end, PNG may have 16 bits per channel and a second picture for interlacing, WebP keeps the planes of
// its transforms.
func bytesPerPixel(f *format, m color.Model) int64 {
	switch {
	case f == formatJPEG && m == color.CMYKModel:
		return 28
	case f == formatJPEG && m == color.RGBAModel:
		return 20
	case f == formatJPEG:
		return 16
	}
	return 12
}

// findings is what the parts of a file say beside its pixels.
type findings struct {
	orientation int
	moving      bool
}

// jpeg walks the segments up to the first scan.
func (f *findings) jpeg(b []byte) {
	for i := 2; i+4 <= len(b); {
		if b[i] != 0xff || b[i+1] == 0xff || b[i+1] == 0 { // the decoder, too, passes over bytes between segments
			i++
			continue
		}
		marker := b[i+1]
		if marker == 0xda || marker == 0xd9 { // pixels from here on, or the end
			return
		}
		if marker >= 0xd0 && marker <= 0xd8 || marker == 0x01 { // these have no length
			i += 2
			continue
		}
		n := int(binary.BigEndian.Uint16(b[i+2:]))
		if n < 2 || i+2+n > len(b) {
			return
		}
		if body := b[i+4 : i+2+n]; marker == 0xe1 && bytes.HasPrefix(body, exifMark) {
			f.orientation = orientation(body[len(exifMark):])
			return
		}
		i += 2 + n
	}
}

// png walks all chunks: acTL makes a picture move, eXIf may come before or after the pixels.
func (f *findings) png(b []byte) {
	for i := 8; i+12 <= len(b); {
		n := int64(binary.BigEndian.Uint32(b[i:]))
		if n > int64(len(b)-i-12) {
			return
		}
		switch body := b[i+8 : i+8+int(n)]; string(b[i+4 : i+8]) {
		case "acTL":
			f.moving = true
		case "eXIf":
			f.orientation = orientation(body)
		}
		i += 12 + int(n)
	}
}

// webp walks all chunks: the animation bit or an animation chunk makes a picture move.
func (f *findings) webp(b []byte) {
	for i := 12; i+8 <= len(b); {
		n := int64(binary.LittleEndian.Uint32(b[i+4:]))
		if n > int64(len(b)-i-8) {
			return
		}
		switch body := b[i+8 : i+8+int(n)]; string(b[i : i+4]) {
		case "VP8X":
			f.moving = f.moving || len(body) > 0 && body[0]&2 != 0
		case "ANIM", "ANMF":
			f.moving = true
		case "EXIF":
			f.orientation = orientation(bytes.TrimPrefix(body, exifMark))
		}
		i += 8 + int(n+n&1)
	}
}

var exifMark = []byte("Exif\x00\x00")

// orientation reads tag 0x0112 of the first directory of a TIFF block (Exif 2.32, 4.6.4): 1 when it is missing or makes no sense.
func orientation(b []byte) int {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	if len(b) < 8 {
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	for entry, n := b[at+2:], order.Uint16(b[at:]); n > 0 && len(entry) >= 12; entry, n = entry[12:], n-1 {
		if order.Uint16(entry) != 0x0112 {
			continue
		}
		v := uint32(order.Uint16(entry[8:]))
		if order.Uint16(entry[2:]) == 4 { // some programs write it as 32 bits
			v = order.Uint32(entry[8:])
		}
		if v >= 1 && v <= 8 {
			return int(v)
		}
		return 1
	}
	return 1
}

func wrong(key string, args map[string]any) error { return fault.Wrong("photo", key, args) }

// unreadable says that the file is damaged, with what the decoder said for the log.
func unreadable(cause error) error {
	return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: []fault.Field{{Name: "photo", Key: "media.unreadable"}}, Err: cause}
}

// guard turns the errors of a decoder, and its panics, into the fault of this one upload.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = unreadable(fmt.Errorf("media: the decoder panicked: %v", p))
		}
	}()
	if err := f(); err != nil {
		return unreadable(err)
	}
	return nil
}
