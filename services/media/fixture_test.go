package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"shangquan/services/fault"
)

// keyOf returns which sentence an error says about the upload.
func keyOf(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		if err != nil {
			return err.Error()
		}
		return ""
	}
	if len(f.Fields) == 1 && f.Fields[0].Name == "photo" {
		return f.Fields[0].Key
	}
	return f.Key
}

// scene is a picture in which every way of turning it looks different: a bright corner, a dark one and a slope.
func scene(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 120, 255}
			switch {
			case x < w/3 && y < h/3:
				c = color.RGBA{250, 250, 250, 255}
			case x > w*2/3 && y < h/4:
				c = color.RGBA{200, 20, 20, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// asStored turns an upright picture into the way a camera stores it that then says this orientation.
func asStored(img *image.RGBA, orientation int) *image.RGBA {
	inverse := []int{0, 1, 2, 3, 4, 5, 8, 7, 6}
	return upright(img, inverse[orientation])
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is a TIFF block with an orientation and a GPS directory.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 3)
	entry := func(tag, kind uint16, count uint32, value []byte) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, count)
		b = append(b, append(value, 0, 0, 0, 0)[:4]...)
	}
	entry(0x010f, 2, 4, []byte("ACME"))                             // maker
	entry(0x0112, 3, 1, order.AppendUint16(nil, orientation))       // orientation
	entry(0x8825, 4, 1, order.AppendUint32(nil, uint32(len(b)+16))) // GPS directory
	return append(b, "\x00\x00\x00\x00GPSLatitude 31.0081"...)
}

// segment is a JPEG marker segment.
func segment(marker byte, body ...[]byte) []byte {
	all := slices.Concat(body...)
	return slices.Concat([]byte{0xff, marker}, binary.BigEndian.AppendUint16(nil, uint16(len(all)+2)), all)
}

// withSegments puts segments behind the start of a JPEG.
func withSegments(b []byte, segments ...[]byte) []byte {
	return slices.Concat(b[:2], slices.Concat(segments...), b[2:])
}

func chunk(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// withChunks puts chunks behind the IHDR of a PNG.
func withChunks(b []byte, chunks ...[]byte) []byte {
	const head = 8 + 25
	return slices.Concat(b[:head], slices.Concat(chunks...), b[head:])
}

// riff is a chunk of a WebP file.
func riff(name string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// webpFile puts chunks into a WebP file.
func webpFile(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), slices.Concat(chunks...)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}
