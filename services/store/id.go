package store

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// idEncoding is Crockford's alphabet in lower case: it sorts like the bytes and has no letters that are read wrongly.
var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newID returns an id of 26 characters: the time in milliseconds, so that new documents lie together in the index, and 80
// random bits.
func newID(at time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16) // #nosec G115 -- after 1970
	_, _ = rand.Read(b[6:])                                       // never fails
	return idEncoding.EncodeToString(b[:])
}
