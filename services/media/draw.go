package media

import (
	"image"

	"golang.org/x/image/draw"
)

// shrink returns src in w × h pixels on white. It goes down by halves, each the mean of four pixels, and ends with one smaller step:
// going down in one step would skip rows, and menus and signs would flicker.
func shrink(src image.Image, w, h int) *image.RGBA {
	for {
		b := src.Bounds()
		dst := image.NewRGBA(image.Rect(0, 0, max(w, (b.Dx()+1)/2), max(h, (b.Dy()+1)/2)))
		draw.Draw(dst, dst.Bounds(), image.White, image.Point{}, draw.Src)
		draw.ApproxBiLinear.Scale(dst, dst.Bounds(), src, b, draw.Over, nil)
		if size := dst.Bounds().Size(); size.X == w && size.Y == h {
			return dst
		}
		src = dst
	}
}

// upright turns a picture the way its Exif orientation says: 2–4 mirror and turn by 180°, 5–8 change width and height.
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			dx, dy := x, y
			switch orientation {
			case 2:
				dx = w - 1 - x
			case 3:
				dx, dy = w-1-x, h-1-y
			case 4:
				dy = h - 1 - y
			case 5:
				dx, dy = y, x
			case 6:
				dx, dy = h-1-y, x
			case 7:
				dx, dy = h-1-y, w-1-x
			case 8:
				dx, dy = y, w-1-x
			}
			copy(dst.Pix[dst.PixOffset(dx, dy):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return dst
}
