package listing

import (
	"reflect"
	"slices"
	"strings"

	"shangquan/services/audit"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Normalise brings a listing into the form it is stored in: every text clean (see lang.Clean), lists without empty or double
// items, the house number in its one spelling, the sort key computed, and a slug made from the name where there is none.
func (l *Listing) Normalise() {
	clean(reflect.ValueOf(l).Elem())
	for _, list := range []*[]string{&l.Aliases, &l.Goods, &l.TagIDs, &l.Payments} {
		*list = distinct(*list)
	}
	if len(l.ExtraHours) > 0 {
		l.ExtraHours = hours.SortExtras(l.ExtraHours)
	}
	if h, rest, ok := place.ParseHouse(l.Address.House); ok && rest == "" {
		l.Address.House = h.String()
	}
	l.prune()
	l.Name.SortKey = lang.SortKey(l.Name.Hans, l.Name.Pinyin)
	if l.Slug == "" {
		l.Slug = l.slugOf()
	}
}

// slugOf makes the slug of a listing's page from the reading of its name, or from its code where nothing can be read.
func (l *Listing) slugOf() string {
	name := l.Name.Hans
	if l.Name.Pinyin != "" {
		name = l.Name.Pinyin
	}
	if s := lang.SlugOf(name); s != "" {
		return s
	}
	return lang.SlugOf(l.Code)
}

// slugWithCode is the slug of a listing whose name another one has too.
func (l *Listing) slugWithCode() string {
	return strings.Trim(l.slugOf()[:min(len(l.slugOf()), lang.MaxSlug-maxCode-1)], "-") + "-" + lang.SlugOf(l.Code)
}

// What the store and the trail keep is not text of ours.
var metaType, trailType = reflect.TypeFor[store.Meta](), reflect.TypeFor[audit.Trail]()

// clean cleans every string of v in place, whatever struct, list or map it is in; it copies lists before it writes to them.
func clean(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(lang.Clean(v.String()))
	case reflect.Struct:
		if v.Type() == metaType || v.Type() == trailType {
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				clean(v.Field(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fresh := reflect.New(v.Type().Elem())
			fresh.Elem().Set(v.Elem())
			clean(fresh.Elem())
			v.Set(fresh)
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(fresh, v)
		for i := range fresh.Len() {
			clean(fresh.Index(i))
		}
		v.Set(fresh)
	case reflect.Array:
		for i := range v.Len() {
			clean(v.Index(i))
		}
	default: // maps hold spans of hours only; numbers, booleans and times have nothing to clean
	}
}

// distinct drops empty and repeated items.
func distinct(list []string) []string {
	out := []string{}
	for _, s := range list {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
