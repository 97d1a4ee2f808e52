package store

import (
	"reflect"
	"sync"
	"time"
)

// tidy reports whether v holds something that is not kept as it is: a list or map that is nil, a time that is not UTC in whole
// milliseconds. With fix it also puts it right, in place. What encodes itself is left alone.
func tidy(v reflect.Value, fix bool) (untidy bool) {
	t := v.Type()
	if plain(t) {
		return false
	}
	switch t.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && tidy(v.Elem(), fix)
	case reflect.Struct:
		if t == timeType {
			was := v.Interface().(time.Time)
			if now := instant(was); now != was {
				if fix {
					v.Set(reflect.ValueOf(now))
				}
				return true
			}
			return false
		}
		for i := range t.NumField() {
			if f := t.Field(i); (f.IsExported() || f.Anonymous) && tidy(v.Field(i), fix) {
				untidy = true
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			if fix {
				v.Set(reflect.MakeSlice(t, 0, 0))
			}
			return true
		}
		fallthrough
	case reflect.Array:
		if plain(t.Elem()) {
			return false
		}
		for i := range v.Len() {
			if tidy(v.Index(i), fix) {
				untidy = true
			}
		}
	case reflect.Map:
		if v.IsNil() {
			if fix {
				v.Set(reflect.MakeMap(t))
			}
			return true
		}
		if plain(t.Elem()) {
			return false
		}
		for _, k := range v.MapKeys() {
			e := reflect.New(t.Elem()).Elem()
			e.Set(v.MapIndex(k))
			if tidy(e, fix) {
				untidy = true
				if fix {
					v.SetMapIndex(k, e)
				}
			}
		}
	default:
	}
	return untidy
}

// plainTypes remembers which types have nothing to tidy. It only grows with the types of the program.
var plainTypes sync.Map // reflect.Type → bool

func plain(t reflect.Type) bool {
	if p, ok := plainTypes.Load(t); ok {
		return p.(bool)
	}
	p := isPlain(t, map[reflect.Type]bool{})
	plainTypes.Store(t, p)
	return p
}

func isPlain(t reflect.Type, visiting map[reflect.Type]bool) bool {
	if t == timeType {
		return false
	}
	if visiting[t] || t.Kind() != reflect.Pointer && (implements(t, jsonMarsh) || implements(t, textMarsh)) {
		return true
	}
	visiting[t] = true
	switch t.Kind() {
	case reflect.Slice, reflect.Map:
		return false
	case reflect.Pointer, reflect.Array:
		return isPlain(t.Elem(), visiting)
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); (f.IsExported() || f.Anonymous) && f.Tag.Get("json") != "-" && !isPlain(f.Type, visiting) {
				return false
			}
		}
	default:
	}
	return true
}
