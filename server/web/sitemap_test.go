package web

import (
	"encoding/xml"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/config"
)

// The sitemap of this district is one file, which is the first of a list, too.
func TestSitemap(t *testing.T) {
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
	whole := addresses("/sitemap.xml")
	if !slices.Contains(whole, "/shops/yu-tian-cheng") {
		t.Errorf("余天成 is not among %d addresses", len(whole))
	}
	if one := addresses("/sitemap.xml?part=1"); !slices.Equal(one, whole) {
		t.Errorf("the first file has %d addresses, the only one %d", len(one), len(whole))
	}
	if resp, _ := x.ask(t, http.MethodGet, "/sitemap.xml?part=2", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a file that is not there = %d", resp.StatusCode)
	}
}

// What one file does not hold is found through the list of files, every address once.
func TestSitemapInParts(t *testing.T) {
	t.Parallel()
	const origin, most = "http://shop.test", 10
	s := &Site{config: config.Config{Origin: origin}}
	for count, want := range map[int]int{0: 0, 1: 0, most: 0, most + 1: 2, 3 * most: 3} { // how many files the list has, if it is one
		all := make([]address, count)
		for i := range all {
			all[i].path = "/shops/" + strconv.Itoa(i)
		}
		v, err := s.sitemapPart(all, most, "")
		list, many := v.(sitemapIndex)
		if err != nil || many != (want > 0) || len(list.Files) != want {
			t.Errorf("%d addresses: %+v, %v", count, v, err)
		}
		root := "<urlset "
		if many {
			root = "<sitemapindex "
		}
		if said, err := xml.Marshal(v); err != nil || !strings.HasPrefix(string(said), root) {
			t.Errorf("%d addresses: %.80s, %v", count, said, err)
		}
		if set, one := v.(sitemapSet); one && len(set.URLs) != count {
			t.Errorf("%d addresses are %d in one file", count, len(set.URLs))
		}
		var got []string
		for n, f := range list.Files {
			part := strconv.Itoa(n + 1)
			v, err := s.sitemapPart(all, most, part)
			set, is := v.(sitemapSet)
			if err != nil || !is || f.Loc != origin+"/sitemap.xml?part="+part || len(set.URLs) > most {
				t.Errorf("%s of %d addresses: %+v, %v", f.Loc, count, v, err)
			}
			for _, u := range set.URLs {
				got = append(got, u.Loc)
			}
		}
		if many && !slices.EqualFunc(got, all, func(loc string, a address) bool { return loc == origin+a.path }) {
			t.Errorf("%d addresses in %d files: %q", count, want, got)
		}
		for _, part := range []string{"0", "01", "1.xml", "none", "99", "-1", "9223372036854775807"} {
			if v, err := s.sitemapPart(all, most, part); !errors.Is(err, fiber.ErrNotFound) {
				t.Errorf("part %s of %d addresses: %+v, %v", part, count, v, err)
			}
		}
	}
}
