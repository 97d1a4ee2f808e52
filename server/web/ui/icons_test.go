package ui

import (
	"os"
	"strings"
	"testing"

	"shangquan/services/taxonomy"
)

// A tag brings its icon with it as data; one that the sprite lacks would be an empty square, and a name the sprite cannot have
// makes every list with such a shop fail.
func TestTagsHaveIcons(t *testing.T) {
	list, err := os.ReadFile("../../../frontend/icons/icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	sprite := map[string]bool{}
	for line := range strings.Lines(string(list)) {
		if name, _, ok := strings.Cut(line, " = "); ok {
			sprite[name] = true
		}
	}
	for _, tag := range taxonomy.Default().Tags {
		if !sprite[tag.Icon] || !isIconName(tag.Icon) {
			t.Errorf("tag %s: no icon %q", tag.ID, tag.Icon)
		}
	}
}
