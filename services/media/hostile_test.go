package media

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/fault"
)

// peak runs f and returns by how much the memory in use grew at most meanwhile, garbage included.
func peak(f func()) uint64 {
	read := func() uint64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(s)
		return s[0].Value.Uint64()
	}
	runtime.GC()
	before, most := read(), uint64(0)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			most = max(most, read())
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	f()
	last := read()
	close(done)
	wg.Wait()
	most = max(most, last)
	return max(most, before) - before
}

// bomb is a small PNG file of w × h transparent pixels with this many bits per channel, made without having them: one piece of
// compressed zeros again and again.
func bomb(t testing.TB, w, h, depth int) []byte {
	t.Helper()
	line := 1 + w*4*depth/8
	var piece bytes.Buffer
	z, err := flate.NewWriter(&piece, flate.BestCompression)
	if err == nil {
		_, err = z.Write(make([]byte, line))
	}
	if err == nil {
		err = z.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	pixels := append([]byte{0x78, 0xda}, bytes.Repeat(piece.Bytes(), h)...)
	pixels = append(pixels, 1, 0, 0, 0xff, 0xff) // the last block, of nothing
	pixels = binary.BigEndian.AppendUint32(pixels, uint32(line*h%65521)<<16|1)
	head := binary.BigEndian.AppendUint32(nil, uint32(w))
	head = append(binary.BigEndian.AppendUint32(head, uint32(h)), byte(depth), 6, 0, 0, 0)
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head), chunk("IDAT", pixels), chunk("IEND", nil))
}

// The image bomb of M-16: a small file that decodes to 900 MB is refused for the price of its header.
func TestBomb(t *testing.T) {
	data := bomb(t, 15000, 15000, 8)
	if len(data) > MaxUpload {
		t.Fatalf("the bomb has %d bytes", len(data))
	}
	var err error
	var took time.Duration
	grew := peak(func() {
		start := time.Now()
		_, err = Prepare(t.Context(), Upload{"a.png", "image/png", data}, publicWidths...)
		took = time.Since(start)
	})
	if keyOf(err) != "media.side" || !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
	if grew >= 20<<20 {
		t.Errorf("memory grew by %d MB", grew>>20)
	}
	t.Logf("%d KB file, refused in %v, memory grew by %d KB", len(data)>>10, took, grew>>10)
}

// Ten large photos at once stay within the memory that decoding may take.
func TestManyLargePhotosAtOnce(t *testing.T) {
	if raceDetector {
		t.Skip("with the race detector, decoding takes longer than an upload may")
	}
	for name, data := range map[string][]byte{
		"JPEG":       jpegOf(t, image.NewYCbCr(image.Rect(0, 0, 6000, 4000), image.YCbCrSubsampleRatio420)),
		"16-bit PNG": bomb(t, 6000, 4000, 16),
	} {
		var took time.Duration
		var done atomic.Int32
		grew := peak(func() {
			start := time.Now()
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					switch _, err := Prepare(t.Context(), Upload{Data: data}, publicWidths...); {
					case err == nil:
						done.Add(1)
					case keyOf(err) != "media.busy" && !errors.Is(err, context.DeadlineExceeded): // what a slow machine may say
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			wg.Wait()
			took = time.Since(start)
		})
		if grew >= 400_000_000 {
			t.Errorf("%s: memory grew by %d MB", name, grew/1_000_000)
		}
		if done.Load() == 0 {
			t.Errorf("%s: none came through", name)
		}
		t.Logf("%s: %d of 10 photos of 24 Mpx in %v, memory grew by %d MB", name, done.Load(), took, grew/1_000_000)
	}
}

// Two hundred damaged files: each is taken or refused as unreadable, and nothing falls over.
func TestDamagedFiles(t *testing.T) {
	sources := [][]byte{
		withSegments(jpegOf(t, scene(120, 80)), segment(0xe1, exifMark, exif(binary.BigEndian, 6))),
		withChunks(pngOf(t, scene(120, 80)), chunk("eXIf", exif(binary.LittleEndian, 8))),
		file(t, "lossy.webp"), file(t, "alpha.webp"), file(t, "lossy-alpha.webp"),
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for i := range 200 {
		data := slices.Clone(sources[i%len(sources)])
		for range 1 + rnd.IntN(8) {
			switch at := rnd.IntN(len(data)); rnd.IntN(4) {
			case 0:
				data[at] ^= 1 << rnd.IntN(8)
			case 1:
				data[at] = 0xff
			case 2:
				data = data[:max(at, 16)]
			case 3:
				data = slices.Insert(data, at, data[rnd.IntN(len(data)):]...)
			}
		}
		if i%10 == 0 { // the places where sizes stand
			data[min(len(data)-1, 16+rnd.IntN(16))] ^= byte(1 + rnd.IntN(255))
		}
		pic, err := Prepare(t.Context(), Upload{Data: data}, publicWidths...)
		if err == nil {
			taken++
			for _, s := range pic.Sizes {
				decoded(t, s.JPEG)
			}
		} else if !fault.Is(err, fault.Invalid) {
			t.Errorf("file %d: %v", i, err)
		}
	}
	if taken == 0 || taken == 200 {
		t.Errorf("%d of 200 were taken: the files are not what they should be", taken)
	}
}

// A progressive JPEG can ask for a pass over all pixels in a few bytes, a hundred thousand times. Its time ends it; without that
// this test would run for hours.
func TestManyScans(t *testing.T) {
	const w, h = 1600, 1200
	var b bytes.Buffer
	b.WriteString("\xff\xd8")
	b.Write(segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)))
	b.Write(segment(0xc2, []byte{8, h >> 8, h & 0xff, w >> 8, w & 0xff, 1, 1, 0x11, 0}))
	// One code of one bit in each table: "no difference" and "nothing more in 2^14 blocks".
	b.Write(segment(0xc4, []byte{0, 1}, make([]byte, 15), []byte{0}))
	b.Write(segment(0xc4, []byte{0x10, 1}, make([]byte, 15), []byte{0xe0}))
	b.Write(segment(0xda, []byte{1, 1, 0, 0, 0, 0}))
	b.Write(make([]byte, w/8*h/8/8))
	scan := append(segment(0xda, []byte{1, 1, 0, 1, 63, 0}), make([]byte, 4)...)
	for b.Len() < MaxUpload-1000 {
		b.Write(scan)
	}
	head, err := readHeader(Upload{Data: b.Bytes()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := head.decode(ctx, b.Bytes()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func FuzzHeader(f *testing.F) {
	f.Add(withSegments(jpegOf(f, scene(20, 10)), segment(0xe1, exifMark, exif(binary.BigEndian, 6))))
	f.Add(withChunks(pngOf(f, scene(20, 10)), chunk("eXIf", exif(binary.LittleEndian, 8)), chunk("acTL", make([]byte, 8))))
	f.Add(webpFile(riff("VP8X", []byte{8, 0, 0, 0, 149, 0, 0, 99, 0, 0}), file(f, "lossy.webp")[12:], riff("EXIF", exif(binary.LittleEndian, 5))))
	f.Add([]byte("\xff\xd8\xff\xe1\xff\xff"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR0000"))
	f.Add([]byte("RIFF\xff\xff\xff\xffWEBPVP8X\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := orientation(data); o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
		h, err := readHeader(Upload{Data: data})
		if err != nil {
			if !fault.Is(err, fault.Invalid) || keyOf(err) == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		if h.w < 1 || h.h < 1 || h.w > maxSide || h.h > maxSide || h.w*h.h > maxPixels || h.orientation < 1 || h.orientation > 8 || h.weight > budget {
			t.Fatalf("%+v passes", h)
		}
	})
}
