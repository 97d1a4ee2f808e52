// Package media takes photos of shops and of licences: it looks at what an upload really is, makes small pictures of it that carry
// nothing but pixels, and keeps those in a folder or an S3-compatible store. What people sent is never kept.
//
// A photo is a record of whoever shows it (a listing embeds Photo) and one blob per width. The blobs are written before the record,
// so a crash leaves blobs without a record, which Sweep finds, and never a record without blobs. Who may do something is decided
// by the caller.
package media

import (
	"slices"
	"time"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Photo is one photo as its record keeps it. The order of photos and the cover (the first) belong to the record that embeds them.
type Photo struct {
	// Key is the random id of the photo, 32 hex digits. It is never derived from a file name.
	Key string `json:"key"`
	// Widths are the widths in pixels it exists in, the smallest first; W and H are width and height of the largest.
	Widths []int `json:"widths"`
	W      int   `json:"w"`
	H      int   `json:"h"`
	// Bytes is what all widths together take.
	Bytes   int       `json:"bytes"`
	Caption lang.Text `json:"caption,omitzero"`
	AddedAt time.Time `json:"added_at"`
	// By is the id of the account that added it.
	By string `json:"by,omitempty"`
}

// Type is the media type of every picture this package gives out, whatever was sent in.
const Type = "image/jpeg"

// MaxPhotos is how many photos a shop may have, maxMerchantBytes what those of all shops of a merchant may take (security.md UPL-07).
const (
	MaxPhotos        = 30
	maxMerchantBytes = 200 << 20
)

// caption is one line under a photo, what is seen and not an advertisement.
var caption = lang.Limit{Max: 60}

// File returns the key of the blob with this width, "" when the photo does not exist in it.
func (p Photo) File(width int) string {
	if !slices.Contains(p.Widths, width) || !validID(p.Key) {
		return ""
	}
	return fileKey(p.Key, width)
}

// Files returns the keys of all its blobs, the smallest first.
func (p Photo) Files() []string {
	out := make([]string, 0, len(p.Widths))
	for _, w := range p.Widths {
		out = append(out, p.File(w))
	}
	return out
}

// Height returns the height that goes with a width, for the page to keep the place free.
func (p Photo) Height(width int) int { return scaled(p.H, width, p.W) }

// Check returns what is wrong with what people may write about the photo, as faults of the fields below name.
func (p Photo) Check(name string) []fault.Field { return caption.CheckText(name+".caption", p.Caption) }

// Usage is what is already there: photos of the shop, and the bytes of all photos of its merchant.
type Usage struct {
	Photos int
	Bytes  int64
}

// Room reports whether one more photo of so many bytes fits: fault.Invalid. Add asks before it does any work; ask again where the
// record is changed, because two uploads may run at once.
func (u Usage) Room(bytes int) error {
	switch {
	case u.Photos >= MaxPhotos:
		return fault.Wrong("photo", "media.quota.photos", map[string]any{"Max": MaxPhotos})
	case u.Bytes+int64(bytes) > maxMerchantBytes:
		return fault.Wrong("photo", "media.quota.bytes", map[string]any{"Max": maxMerchantBytes >> 20})
	}
	return nil
}

// scaled is side × to ÷ from, rounded, at least one pixel.
func scaled(side, to, from int) int {
	if from <= 0 {
		return 1
	}
	return max(1, (side*to+from/2)/from)
}
