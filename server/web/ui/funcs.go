package ui

import (
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"time"

	"shangquan/frontend"
	"shangquan/frontend/locales"
	"shangquan/services/lang"
)

// Prefix returns the first part of the addresses of a language: "" for Simplified Chinese, "/zh-hant", "/en".
func Prefix(t lang.Tag) string {
	if t == lang.Hans {
		return ""
	}
	return "/" + strings.ToLower(string(t))
}

// Href returns the address of a path of the site ("/plazas") in language t. Addresses that are not paths stay as they are.
func Href(t lang.Tag, path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return path
	}
	if path == "/" && t != lang.Hans {
		return Prefix(t) + "/"
	}
	return Prefix(t) + path
}

// Templates parses the layout and all components of fsys with the functions of one language. Page adds pages. Component templates can
// be executed alone, for example "row" with a Row; from then on no page can be added.
func Templates(fsys fs.FS, words *locales.Words, assets *frontend.Assets) (*template.Template, error) {
	set := template.New("").Option("missingkey=error").Funcs(NewFuncs(words, assets))
	if _, err := set.ParseFS(fsys, "templates/layout.html", "components/*/*.html"); err != nil {
		return nil, err
	}
	Fold(set, words, assets)
	return set, nil
}

// NewFuncs returns the functions of the templates of one language:
//
//	t KEY NAME VALUE…      the message
//	plural KEY N NAME VALUE…   the message for N things
//	href PATH              the path in this language
//	link ADDRESS           an address that may also be a number to dial
//	asset ENTRY            the address of a built file; preloads of the page
//	integrity ENTRY        what its bytes have to be
//	icon NAME              an icon; always beside a word
//	clock TIME, day TIME NOW, date TIME NOW   see Clock, Day, Date
//	gap                    what stands between two sentences: a space in English, nothing in Chinese
//	lang                   the language of the page
//	foreign LANG           whether text in LANG has to be marked with lang= on this page
func NewFuncs(words *locales.Words, assets *frontend.Assets) template.FuncMap {
	return template.FuncMap{
		"t":         words.Say,
		"plural":    func(key string, n int, args ...any) (string, error) { return words.Count(key, n, args...) },
		"href":      func(path string) string { return Href(words.Lang, path) },
		"link":      link,
		"asset":     assets.URL,
		"integrity": assets.Integrity,
		"preloads":  func() []string { return assets.Preloads(frontend.ScriptEntry) },
		"icon": func(name string) (template.HTML, error) {
			url, err := assets.URL(frontend.IconsEntry)
			if err != nil {
				return "", err
			}
			if !isIconName(name) {
				return "", fmt.Errorf("icon %q: not a name", name)
			}
			return template.HTML(`<svg class="ic" aria-hidden="true"><use href="` + url + "#" + name + `"/></svg>`), nil
		},
		"clock": Clock,
		"day":   func(t, now time.Time) string { return Day(words.Lang, t, now) },
		"date":  func(t, now time.Time) string { return Date(words.Lang, t, now) },
		"gap": func() string {
			if words.Lang == lang.En {
				return " "
			}
			return ""
		},
		"lang": func() lang.Tag { return words.Lang },
		"foreign": func(t lang.Tag) bool {
			return t != "" && t != words.Lang
		},
	}
}

// link lets tel: through, which html/template does not know; digits, a plus and an extension are all that may follow.
func link(address string) any {
	if number, ok := strings.CutPrefix(address, "tel:"); ok && strings.Trim(strings.Replace(number, ";ext=", "", 1), "+0123456789") == "" {
		return template.URL(address)
	}
	return address
}

// isIconName keeps the one place where HTML is made from a string safe: a name of the sprite is lower-case letters only.
func isIconName(name string) bool {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
