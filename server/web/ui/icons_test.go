package ui

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"shangquan/frontend"
)

var drawn = regexp.MustCompile(`icon "([a-z0-9]+)"`)

// An icon that is not in the sprite would be an empty box on the page.
func TestTemplatesNameIconsOfTheSprite(t *testing.T) {
	list, err := os.ReadFile("../../../frontend/icons/icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(frontend.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") {
			return err
		}
		text, err := fs.ReadFile(frontend.FS, path)
		for _, m := range drawn.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(string(list), "\n"+m[1]+" = ") {
				t.Errorf("%s draws the icon %q, which is not in icons.txt", path, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
