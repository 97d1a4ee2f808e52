package ui

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shangquan/frontend"
	"shangquan/frontend/locales"
	"shangquan/services/lang"
)

var galleryDir = flag.String("gallery", "", "write the gallery in every language, theme and size into this folder, for the HTML checker")

func mustCatalogue(t testing.TB) *locales.Catalogue {
	t.Helper()
	c, err := locales.Load(frontend.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustAssets(t testing.TB) *frontend.Assets {
	t.Helper()
	a, err := frontend.Load()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestGallery(t *testing.T) {
	catalogue, assets := mustCatalogue(t), mustAssets(t)
	for _, l := range lang.Tags {
		for _, look := range []struct{ theme, size string }{{"light", ""}, {"dark", ""}, {"light", "large"}} {
			name := strings.Trim(string(l)+"-"+look.theme+"-"+look.size, "-")
			t.Run(name, func(t *testing.T) {
				var b bytes.Buffer
				if err := RenderGallery(&b, frontend.FS, catalogue.In(l), assets, look.theme, look.size); err != nil {
					t.Fatal(err)
				}
				if *galleryDir == "" {
					return
				}
				if err := os.WriteFile(filepath.Join(*galleryDir, name+".html"), b.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}
