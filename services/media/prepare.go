package media

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"runtime"
	"time"

	"golang.org/x/sync/semaphore"

	"shangquan/services/fault"
)

// Upload is a file as it was sent. Name and Type are what the sender says of it; both may be empty, but what is said must be true.
type Upload struct {
	Name string // only its ending is looked at
	Type string // media type
	Data []byte
}

// Picture is what was made of an upload: JPEG files of increasing width that hold pixels and nothing else.
type Picture struct{ Sizes []Size }

// Size is a picture in one width.
type Size struct {
	W, H int
	JPEG []byte
}

// quality of the JPEG files: above it files grow faster than anybody sees.
const quality = 80

// Decoding shares these, in the whole process: how many pictures at once, how much memory they may take together, from which size
// on the memory of one is taken back at once, how long one may take and how long an upload waits for its turn.
const (
	decoders   = 2
	budget     = 384 << 20
	large      = budget / 4
	decodeTime = 10 * time.Second
	waitTime   = 20 * time.Second
)

var (
	slots  = semaphore.NewWeighted(decoders)
	memory = semaphore.NewWeighted(budget)
)

// Prepare makes pictures of the wanted widths (increasing) from an upload: decoded, turned upright, laid on white, never enlarged.
// A source narrower than a wanted width ends the list with its own width. fault.Invalid with what is wrong and what fits;
// fault.Unavailable when too many uploads wait; the error of ctx.
func Prepare(ctx context.Context, u Upload, widths ...int) (Picture, error) {
	h, err := readHeader(u)
	if err != nil {
		return Picture{}, err
	}
	release, err := turn(ctx, h.weight)
	if err != nil {
		return Picture{}, err
	}
	defer release()
	limited, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	var out Picture
	err = guard(func() error {
		src, err := h.decode(limited, u.Data)
		if err != nil {
			return err
		}
		out, err = h.sizes(limited, src, widths)
		return err
	})
	if ctx.Err() != nil { // the sender is gone; nothing is wrong with the picture
		return Picture{}, ctx.Err()
	}
	return out, err
}

// turn waits until another picture may be decoded.
func turn(ctx context.Context, weight int64) (release func(), err error) {
	wait, cancel := context.WithTimeout(ctx, waitTime)
	defer cancel()
	if err = slots.Acquire(wait, 1); err == nil {
		if err = memory.Acquire(wait, weight); err == nil {
			return func() {
				if weight >= large {
					runtime.GC() // or the next one is decoded beside what is left of this
				}
				memory.Release(weight)
				slots.Release(1)
			}, nil
		}
		slots.Release(1)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, fault.New(fault.Unavailable, "media.busy", err)
}

func (h header) decode(ctx context.Context, data []byte) (image.Image, error) {
	img, err := h.format.decode(&patient{ctx, bytes.NewReader(data)})
	if err != nil {
		return nil, err
	}
	if b := img.Bounds(); b.Dx() != h.w || b.Dy() != h.h {
		return nil, errors.New("media: the picture is not of the size its header says")
	}
	return img, nil
}

// patient ends reading when the time is up: decoders know no context, but all of them come back for the next bytes. It gives few at
// a time, because a progressive JPEG can ask for much work in a few bytes.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b[:min(len(b), 512)])
}

// sizes makes the widths from the largest down, each from the one before.
func (h header) sizes(ctx context.Context, src image.Image, widths []int) (Picture, error) {
	w, ht := h.w, h.h
	if h.orientation >= 5 {
		w, ht = ht, w
	}
	widths = fitting(widths, w)
	out := Picture{Sizes: make([]Size, len(widths))}
	for i := len(widths) - 1; i >= 0; i-- {
		if err := ctx.Err(); err != nil {
			return Picture{}, err
		}
		s := Size{W: widths[i], H: scaled(ht, widths[i], w)}
		var small *image.RGBA
		if i == len(widths)-1 {
			small = upright(h.shrunk(src, s.W, s.H), h.orientation)
		} else {
			small = shrink(src, s.W, s.H)
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: quality}); err != nil {
			return Picture{}, err
		}
		s.JPEG = b.Bytes()
		out.Sizes[i], src = s, small
	}
	return out, nil
}

// shrunk is shrink to a size given upright, for a picture as it is stored.
func (h header) shrunk(src image.Image, w, ht int) *image.RGBA {
	if h.orientation >= 5 {
		w, ht = ht, w
	}
	return shrink(src, w, ht)
}

// fitting returns the widths that a picture of width w gets. One that is nearly its own is not worth a second file.
func fitting(widths []int, w int) []int {
	last := min(w, widths[len(widths)-1])
	var out []int
	for _, x := range widths {
		if x*5 <= last*4 {
			out = append(out, x)
		}
	}
	return append(out, last)
}
