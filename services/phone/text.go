package phone

import (
	"regexp"
	"strings"

	"shangquan/services/fault"
)

// inText finds what can only be the mobile number of a person between other words, however it is spaced.
var inText = regexp.MustCompile(`(?:^|\D)(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:[ -]?\d){8}(?:\D|$)`)

// narrow makes of full-width digits and signs plain ones.
var narrow = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9",
	"＋", "+", "－", "-", "–", "-", "—", "-", "‑", "-", "　", " ", "\u00a0", " ")

// NoMobile refuses the mobile number of a person in texts that everybody may read: a fault of the field name for the first one, or none.
func NoMobile(name string, texts ...string) []fault.Field {
	for _, text := range texts {
		if inText.MatchString(narrow.Replace(text)) {
			return []fault.Field{{Name: name, Key: "error.mobile"}}
		}
	}
	return nil
}
