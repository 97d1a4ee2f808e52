// Package locales reads the message catalogues and says their sentences. A catalogue is one folder per language with one TOML
// file per family of pages (common.toml, search.toml …); the keys of all files of a language share one space. Everything a
// person reads comes from here; nothing else of the program holds sentences.
//
//	words, err := catalogue.In(lang.En).Say("hours.closes", "Time", "21:30") // "closes 21:30"
package locales

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"shangquan/services/lang"
	"shangquan/services/rescue"
)

// Catalogue holds the messages of all languages. It is made once by Load and never changes.
type Catalogue struct {
	words map[lang.Tag]*Words
}

// Words says messages in one language. It is safe for concurrent use.
type Words struct {
	// Lang is the language of the messages.
	Lang   lang.Tag
	loc    *i18n.Localizer
	keys   map[string][]string // key → its plural forms as written
	simple map[string]sentence
}

// Load reads locales/<language>/<family>.toml of fsys. It fails when a file cannot be read, a key is in two families, or a
// language has no catalogue at all; that the languages agree with each other is left to the tests.
func Load(fsys fs.FS) (*Catalogue, error) {
	words := make([]*Words, len(lang.Tags))
	var reading rescue.Group
	for i, tag := range lang.Tags {
		reading.Go(func() (err error) { words[i], err = load(fsys, tag); return err })
	}
	if err := reading.Wait(); err != nil {
		return nil, err
	}
	c := &Catalogue{words: map[lang.Tag]*Words{}}
	for _, w := range words {
		c.words[w.Lang] = w
	}
	return c, nil
}

func load(fsys fs.FS, tag lang.Tag) (*Words, error) {
	files, err := fs.Glob(fsys, path.Join("locales", string(tag), "*.toml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no message catalogue for the language %s", tag)
	}
	of := language.Make(string(tag))
	bundle := i18n.NewBundle(of)
	w := &Words{Lang: tag, loc: i18n.NewLocalizer(bundle, string(tag)), keys: map[string][]string{}, simple: map[string]sentence{}}
	for _, name := range files {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		messages, err := i18n.ParseMessageBytes(text, toml.Unmarshal)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, m := range messages {
			if _, twice := w.keys[m.ID]; twice {
				return nil, fmt.Errorf("%s: the key %s is in another file too", name, m.ID)
			}
			if m.One == "" {
				m.One = m.Other // a sentence that is the same for one and for many is written once; English asks for both
			}
			w.keys[m.ID] = slices.DeleteFunc([]string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other}, func(s string) bool { return s == "" })
			if forms := w.keys[m.ID]; len(slices.Compact(slices.Clone(forms))) == 1 {
				if s := sentenceOf(forms[0]); s != nil {
					w.simple[m.ID] = s // the bundle need not hold it a second time
					continue
				}
			}
			if err := bundle.AddMessages(of, m); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return w, nil
}

// In returns the messages of language t, Simplified Chinese for a language the site is not written in.
func (c *Catalogue) In(t lang.Tag) *Words {
	if w, ok := c.words[t]; ok {
		return w
	}
	return c.words[lang.Hans]
}

// Keys returns all message keys of the language, sorted.
func (w *Words) Keys() []string { return slices.Sorted(maps.Keys(w.keys)) }

// Has reports whether the language has the message.
func (w *Words) Has(key string) bool { return w.keys[key] != nil }

// Forms returns the plural forms of a message as written, with their placeholders.
func (w *Words) Forms(key string) []string { return w.keys[key] }

// Say returns the message of key with its placeholders filled from args: name, value, name, value … It fails for an unknown
// key and for a placeholder without a value, so that a page with a hole is found by the test that renders it.
func (w *Words) Say(key string, args ...any) (string, error) {
	data, err := pairs(key, args)
	if err != nil {
		return "", err
	}
	return w.localize(key, data, nil)
}

// Count returns the message of key in the plural form for n, which the message shows as {{.N}}.
func (w *Words) Count(key string, n int, args ...any) (string, error) {
	data, err := pairs(key, args)
	if err != nil {
		return "", err
	}
	data["N"] = n
	return w.localize(key, data, n)
}

// With returns the message of key with placeholders from a map, as a fault carries them.
func (w *Words) With(key string, args map[string]any) (string, error) {
	return w.localize(key, args, nil)
}

func (w *Words) localize(key string, data map[string]any, count any) (string, error) {
	if s := w.simple[key]; s != nil {
		said, ok := s.say(data)
		if !ok {
			return "", fmt.Errorf("message %q in %s: a placeholder has no value", key, w.Lang)
		}
		return said, nil
	}
	if !w.Has(key) {
		return "", fmt.Errorf("no message %q in %s", key, w.Lang)
	}
	said, err := w.loc.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: count})
	if err != nil {
		return "", fmt.Errorf("message %q in %s: %w", key, w.Lang, err)
	}
	if strings.Contains(said, "<no value>") {
		return "", fmt.Errorf("message %q in %s: a placeholder has no value", key, w.Lang)
	}
	return said, nil
}

var errPairs = errors.New("arguments of a message are name, value, name, value")

func pairs(key string, args []any) (map[string]any, error) {
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("message %q: %w", key, errPairs)
	}
	data := make(map[string]any, len(args)/2+1)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("message %q: %w", key, errPairs)
		}
		data[name] = args[i+1]
	}
	return data, nil
}
