package creditcode_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shangquan/services/creditcode"
	"shangquan/services/fault"
)

const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// check computes the check character by the formula as the standard prints it: weights 3^(i−1) mod 31.
func check(first17 string) byte {
	weights := []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	sum := 0
	for i, w := range weights {
		sum += w * strings.IndexByte(alphabet, first17[i])
	}
	return alphabet[(31-sum%31)%31]
}

func keyOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Invalid && len(f.Fields) == 1 && f.Fields[0].Name == "credit_code" {
		return f.Fields[0].Key
	}
	return ""
}

// TestVectors reads the vectors that frontend/components/field/creditcode.test.ts reads, too: the page and the server say the same.
func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Typed, Wrong string
		Code               creditcode.Code
		Kind               creditcode.Kind
		Place              int
	}
	if err := json.Unmarshal(raw, &vectors); err != nil || len(vectors) < 20 {
		t.Fatal(len(vectors), err)
	}
	for _, tt := range vectors {
		t.Run(tt.Name, func(t *testing.T) {
			got, err := creditcode.Parse(tt.Typed)
			key := ""
			if tt.Wrong != "" {
				key = "error.credit_code." + tt.Wrong
			}
			if got != tt.Code || keyOf(err) != key || (err != nil) != (key != "") {
				t.Errorf("Parse(%q) = %q, %v; want %q, %q", tt.Typed, got, err, tt.Code, key)
			}
			if got != "" && got.Kind() != tt.Kind {
				t.Errorf("%q is %s, not %s", got, got.Kind(), tt.Kind)
			}
			if f, ok := errors.AsType[*fault.Error](err); ok && tt.Place > 0 && f.Fields[0].Args["Place"] != tt.Place {
				t.Errorf("%q: place %v, not %d", tt.Typed, f.Fields[0].Args["Place"], tt.Place)
			}
		})
	}
}

// What is not even text is no code.
func TestNotUTF8(t *testing.T) {
	if _, err := creditcode.Parse("91350100M000100Y4\xff"); keyOf(err) != "error.credit_code.letter" {
		t.Error(err)
	}
}

func TestLetterIsNamedWithItsPlace(t *testing.T) {
	_, err := creditcode.Parse("9135 o100M000100Y43")
	f, _ := errors.AsType[*fault.Error](err)
	if f == nil || f.Fields[0].Args["Place"] != 5 || f.Fields[0].Args["Value"] != "O" {
		t.Errorf("got %v", err)
	}
}

func TestDivision(t *testing.T) {
	if got := creditcode.Code("91310117M000100Y4" + string(check("91310117M000100Y4"))).Division(); got != "310117" {
		t.Errorf("the division is %q", got)
	}
	if none := creditcode.Code(""); none.Kind() != creditcode.Other || none.Division() != "" || none.Odd() {
		t.Error("the empty code")
	}
}

// The inner check is a warning: an odd code still parses.
func TestOdd(t *testing.T) {
	for body, odd := range map[string]bool{"M000100Y4": false, "M000100Y5": true, "000000000": false, "000000001": true} {
		first := "91310117" + body
		code, err := creditcode.Parse(first + string(check(first)))
		if err != nil || code.Odd() != odd {
			t.Errorf("%s: odd = %v, %v", code, code.Odd(), err)
		}
	}
	// 10 is written X: 3·0 + 7·0 + … + 2·6 = 12, 11 − 1 = 10.
	first := "91310117" + "00000006X"
	if code, err := creditcode.Parse(first + string(check(first))); err != nil || code.Odd() {
		t.Errorf("%s: %v", code, err)
	}
}

func drawCode(t *rapid.T) string {
	body := rapid.StringMatching(`[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}`).Draw(t, "first 17")
	return body + string(check(body))
}

// 31 is prime and no weight is a multiple of it, so every single wrong character is caught; the weights of any two places differ, so every
// two different characters that change places are.
func TestSlipsAreCaught(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawCode(t)
		if got, err := creditcode.Parse(code); err != nil || string(got) != code {
			t.Fatalf("%s: %v", code, err)
		}
		wrong := []byte(code)
		i := rapid.IntRange(0, 17).Draw(t, "place")
		wrong[i] = alphabet[rapid.IntRange(0, 30).Draw(t, "character")]
		if got, err := creditcode.Parse(string(wrong)); (err == nil) != (string(wrong) == code) {
			t.Fatalf("%s for %s: %q %v", wrong, code, got, err)
		}
		swapped := []byte(code)
		j := rapid.IntRange(0, 16).Draw(t, "other place")
		k := rapid.IntRange(0, 16).Draw(t, "another")
		swapped[j], swapped[k] = swapped[k], swapped[j]
		if got, err := creditcode.Parse(string(swapped)); (err == nil) != (string(swapped) == code) {
			t.Fatalf("%s for %s: %q %v", swapped, code, got, err)
		}
	})
}

// The check character itself counts with weight 1, as the first place does: these two may change places unseen. It is the one hole of the
// standard, and this keeps it known.
func TestTheHoleOfTheStandard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := []byte(drawCode(t))
		code[0], code[17] = code[17], code[0]
		if _, err := creditcode.Parse(string(code)); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"91350100M000100Y43", "９１３５", "91350100M000100Y4Z", "\xff", "- -"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := creditcode.Parse(typed)
		if err != nil {
			if code != "" || keyOf(err) == "" {
				t.Errorf("%q: %q, %v", typed, code, err)
			}
			return
		}
		if again, err := creditcode.Parse(string(code)); err != nil || again != code || code != "" && len(code) != creditcode.Length {
			t.Errorf("%q is not stable: %q %v", code, again, err)
		}
	})
}
