package locales

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// sentence is a message with one form and nothing but names in its placeholders, which is nearly every message, taken apart once:
// what is said before each placeholder, the name in it, and at the end an empty name.
type sentence []struct{ before, name string }

var placeholder = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

// sentenceOf takes a message apart. It is nil for one that does more than name its values.
func sentenceOf(form string) sentence {
	var s sentence
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(form, -1) {
		s = append(s, struct{ before, name string }{form[at:m[0]], form[m[2]:m[3]]})
		at = m[1]
	}
	s = append(s, struct{ before, name string }{before: form[at:]})
	for _, p := range s {
		if strings.Contains(p.before, "{{") {
			return nil
		}
	}
	return s
}

// say fills in the placeholders; ok is false when one has no value.
func (s sentence) say(data map[string]any) (said string, ok bool) {
	if len(s) == 1 {
		return s[0].before, true
	}
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.before)
		if p.name == "" {
			continue
		}
		switch v := data[p.name].(type) {
		case nil:
			return "", false
		case string:
			b.WriteString(v)
		case int:
			b.WriteString(strconv.Itoa(v))
		default:
			_, _ = fmt.Fprint(&b, v)
		}
	}
	return b.String(), true
}
