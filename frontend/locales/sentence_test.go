package locales

import (
	"testing"

	"shangquan/frontend"
)

// Most messages are sentences: without it every page would pay for templates again, and nothing else would tell.
func TestMostMessagesAreSentences(t *testing.T) {
	c, err := Load(frontend.FS)
	if err != nil {
		t.Fatal(err)
	}
	for tag, w := range c.words {
		if got, all := len(w.simple), len(w.keys); got*10 < all*8 {
			t.Errorf("%s: %d of %d messages are sentences", tag, got, all)
		}
	}
}

func TestSentence(t *testing.T) {
	type stringer struct{ A int }
	data := map[string]any{"N": 3, "Name": "<余>", "V": stringer{7}, "Nil": nil}
	for _, tt := range []struct {
		form, want string
		whole, ok  bool
	}{
		{"营业中", "营业中", true, true},
		{"", "", true, true},
		{"{{.N}}", "3", true, true},
		{"共 {{ .N }} 家，{{.Name}}！", "共 3 家，<余>！", true, true},
		{"{{.V}}", "{7}", true, true},
		{"{{.Missing}} x", "", true, false},
		{"{{.Nil}} x", "", true, false},
		{"{{if .N}}x{{end}}", "", false, false},
		{"{{.N | print}}", "", false, false},
		{"a {{.N}} {{printf .Name}}", "", false, false},
	} {
		s := sentenceOf(tt.form)
		if (s != nil) != tt.whole {
			t.Errorf("%q taken apart: %v, want %v", tt.form, s != nil, tt.whole)
		}
		if s == nil {
			continue
		}
		if got, ok := s.say(data); got != tt.want || ok != tt.ok {
			t.Errorf("%q says %q, %v; want %q, %v", tt.form, got, ok, tt.want, tt.ok)
		}
	}
}
