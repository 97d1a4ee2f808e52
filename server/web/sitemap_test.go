package web

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What one file does not hold is found through the list of files, every address once.
func TestSitemapInParts(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	loc := regexp.MustCompile(`<loc>http://shop\.test([^<]+)</loc>`)
	addresses := func(path string) (out []string) {
		resp, body := x.ask(t, http.MethodGet, path, "")
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "application/xml; charset=utf-8" {
			t.Fatalf("%s: %d %s", path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		for _, m := range loc.FindAllStringSubmatch(body, -1) {
			out = append(out, m[1])
		}
		return out
	}
	missing := func(paths ...string) {
		for _, path := range paths {
			if resp, _ := x.ask(t, http.MethodGet, path, ""); resp.StatusCode != http.StatusNotFound {
				t.Errorf("%s = %d", path, resp.StatusCode)
			}
		}
	}
	whole := addresses("/sitemap.xml")
	if !slices.Contains(whole, "/shops/yu-tian-cheng") {
		t.Errorf("余天成 is not among %d addresses", len(whole))
	}
	if one := addresses("/sitemap.xml?part=1"); !slices.Equal(one, whole) {
		t.Errorf("the first file has %d addresses, the only one %d", len(one), len(whole))
	}
	missing("/sitemap.xml?part=2", "/sitemap.xml?part=none") // the district fits in one file

	const most = 100
	x.sitemapMost, x.cache = most, newPageCache(cacheBytes)
	files := addresses("/sitemap.xml")
	if len(files) != (len(whole)+most-1)/most || !strings.HasPrefix(x.get(t, "/sitemap.xml"), `<?xml version="1.0" encoding="UTF-8"?>`+"\n<sitemapindex ") {
		t.Fatalf("%d files for %d addresses", len(files), len(whole))
	}
	var parts []string
	for _, file := range files {
		part := addresses(file)
		if len(part) == 0 || len(part) > most {
			t.Errorf("%s has %d addresses", file, len(part))
		}
		parts = append(parts, part...)
	}
	if !slices.Equal(parts, whole) {
		t.Errorf("%d addresses in %d files, %d in one", len(parts), len(files), len(whole))
	}
	missing("/sitemap.xml?part=0", "/sitemap.xml?part=01", "/sitemap.xml?part=1.xml", "/sitemap.xml?part=99", "/sitemap.xml?part=-1", "/sitemap.xml?part=9223372036854775807")
}
