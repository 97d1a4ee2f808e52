package web

import (
	"strconv"
	"strings"

	"shangquan/server/web/ui"
	"shangquan/services/listing"
	"shangquan/services/media"
)

// The widths photos are asked for in: in a list the smallest, on the page of a shop two beside each other on a telephone.
const (
	thumbWidth = 320
	photoWidth = 640
	photoSizes = "(min-width: 960px) 200px, 46vw"
)

// photoViews are the photos of a shop for its page. They stand below what people come for, so all load when they come near.
func photoViews(p *speaker, l *listing.Listing) []ui.Photo {
	out := []ui.Photo{}
	for i := range l.Photos {
		out = append(out, photoView(p, l, i))
	}
	return out
}

// photoView is photo i of a shop.
func photoView(p *speaker, l *listing.Listing, i int) ui.Photo {
	photo := &l.Photos[i]
	name, _ := l.Name.In(p.Lang)
	v := ui.Photo{Alt: p.say("shop_photos.alt", "Name", name, "N", i+1), Sizes: photoSizes}
	v.Caption, v.Lang = photo.Caption.In(p.Lang)
	sources := []string{}
	for _, w := range photo.Widths {
		sources = append(sources, pictureHref(photo, w)+" "+strconv.Itoa(w)+"w")
		v.Href = pictureHref(photo, w)
	}
	v.SrcSet = strings.Join(sources, ", ")
	v.Src, v.Width, v.Height = source(photo, photoWidth)
	return v
}

// thumb is the cover of a shop in a list, nil for a shop without photos. It says nothing that the name beside it does not say.
func thumb(l *listing.Listing) *ui.Photo {
	if len(l.Photos) == 0 {
		return nil
	}
	v := ui.Photo{}
	if v.Src, v.Width, v.Height = source(&l.Photos[0], thumbWidth); v.Src == "" {
		return nil
	}
	return &v
}

// source is the smallest picture that is at least so wide, else the widest.
func source(photo *media.Photo, atLeast int) (src string, w, h int) {
	for _, w = range photo.Widths {
		if w >= atLeast {
			break
		}
	}
	if w == 0 || photo.File(w) == "" {
		return "", 0, 0
	}
	return pictureHref(photo, w), w, photo.Height(w)
}

// pictureHref is the address of a photo in one width.
func pictureHref(photo *media.Photo, width int) string { return "/" + photo.File(width) }

// pictures are the absolute addresses of a shop's photos in their largest width, the cover first.
func (s *Site) pictures(l *listing.Listing) []string {
	out := []string{}
	for i := range l.Photos {
		if src, _, _ := source(&l.Photos[i], l.Photos[i].W); src != "" {
			out = append(out, s.config.Origin+src)
		}
	}
	return out
}
