package lang

import (
	"testing"

	"github.com/mozillazg/go-pinyin"
)

// Every character of the dictionary is read as the library reads it.
func TestSyllablesAgreeWithTheLibrary(t *testing.T) {
	args := pinyin.NewArgs()
	n, odd := 0, 0
	for r := range pinyin.PinyinDict {
		n++
		got := syllable(rune(r))
		for _, c := range got {
			if c < 'a' || c > 'z' {
				t.Fatalf("%c is read %q", r, got)
			}
		}
		if want := pinyin.SinglePinyin(rune(r), args); len(want) != 1 || got != want[0] {
			if odd++; odd < 10 {
				t.Errorf("%c is read %q, by the library %q", r, got, want)
			}
		}
	}
	if n < 20000 {
		t.Errorf("only %d characters", n)
	}
}
