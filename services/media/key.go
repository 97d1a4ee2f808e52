package media

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"strconv"
)

// The folders of the store. A key in publicFolder may be shown to anybody who knows it, one in evidenceFolder only by a route that
// asks who is there, one in documentFolder by a route that knows whether what it is attached to is public.
const (
	publicFolder   = "media"
	evidenceFolder = "evidence"
	documentFolder = "files"
)

// What keys look like; whatever does not is not there (security.md UPL-05). The folder below the first is the beginning of the id.
var (
	idPattern       = regexp.MustCompile(`^[0-9a-f]{32}$`)
	filePattern     = regexp.MustCompile(`^media/([0-9a-f]{2})/([0-9a-f]{32})-[1-9][0-9]{0,3}\.jpg$`)
	evidencePattern = regexp.MustCompile(`^evidence/([0-9a-f]{2})/([0-9a-f]{32})$`)
	documentPattern = regexp.MustCompile(`^files/([0-9a-f]{2})/([0-9a-f]{32})\.pdf$`)
	// tornPattern is a file that a crash left half written.
	tornPattern = regexp.MustCompile(`^(?:media|evidence|files)/[0-9a-f]{2}/[0-9a-f]{32}(?:-[0-9]{1,4}\.jpg|\.pdf)?\.[0-9a-f]+\.tmp$`)
)

func validID(id string) bool { return idPattern.MatchString(id) }

// newID returns 128 random bits: nobody guesses the address of a photo.
func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b)
}

// IsEvidence reports whether key looks like one that AddEvidence gives.
func IsEvidence(key string) bool { return fits(evidencePattern, key) }

func isFile(key string) bool     { return fits(filePattern, key) }
func isEvidence(key string) bool { return IsEvidence(key) }
func isDocument(key string) bool { return fits(documentPattern, key) }

// isKey reports whether key is one of this package at all.
func isKey(key string) bool { return isFile(key) || isEvidence(key) || isDocument(key) }

func fileKey(id string, width int) string {
	return publicFolder + "/" + id[:2] + "/" + id + "-" + strconv.Itoa(width) + ".jpg"
}

func documentKey(id string) string { return documentFolder + "/" + id[:2] + "/" + id + ".pdf" }

func evidenceKey(id string) string { return evidenceFolder + "/" + id[:2] + "/" + id }

// fits reports whether key has the pattern and lies in its own folder, so that each blob has exactly one name.
func fits(p *regexp.Regexp, key string) bool {
	m := p.FindStringSubmatch(key)
	return m != nil && m[2][:2] == m[1]
}
