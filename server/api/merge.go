package api

import (
	"bytes"
	"encoding/json"

	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/listing"
)

// merged turns a merge patch (RFC 7396) into an edit: what of an object the patch does not name stays as it is, or as it was last
// asked for where it waits. Lists and single values are replaced whole.
func merged(l *listing.Listing, patch listing.Patch) (listing.Patch, error) {
	want := l.Proposed()
	raw, err := json.Marshal(&want)
	if err != nil {
		return nil, err
	}
	var now map[string]any
	if err := readTree(raw, &now); err != nil {
		return nil, err
	}
	out := listing.Patch{}
	for path, value := range patch {
		out[path] = value
		if path == "hours" && len(value) > 0 && bytes.TrimSpace(value)[0] == '"' {
			if out[path], err = osmHours(value, want.Hours.Pause); err != nil {
				return nil, err
			}
			continue
		}
		base, isObject := now[path].(map[string]any)
		if !isObject || len(value) == 0 || bytes.TrimSpace(value)[0] != '{' {
			continue
		}
		if path == "address" {
			delete(base, "hint") // a field of its own
		}
		var change map[string]any
		if err := readTree(value, &change); err != nil {
			return nil, fault.Wrong(short(path), "listing.wrong.value", nil)
		}
		if out[path], err = json.Marshal(mergeInto(base, change)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// osmHours reads hours that were sent as OpenStreetMap writes them: fault.Invalid on field "hours", with the place of the mistake. They say
// nothing of a pause, which stays.
func osmHours(value json.RawMessage, pause *hours.Pause) (json.RawMessage, error) {
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return nil, fault.Wrong("hours", "listing.wrong.value", nil)
	}
	h, err := hours.ParseOSM(text)
	if err != nil {
		return nil, err
	}
	h.Pause = pause
	return json.Marshal(h)
}

// readTree reads numbers as they are written.
func readTree(raw []byte, to *map[string]any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(to)
}

// mergeInto applies a merge patch to an object: null takes a key away.
func mergeInto(base, change map[string]any) map[string]any {
	for key, value := range change {
		inner, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(base, key)
		case isObject:
			old, ok := base[key].(map[string]any)
			if !ok {
				old = map[string]any{}
			}
			base[key] = mergeInto(old, inner)
		default:
			base[key] = value
		}
	}
	return base
}
