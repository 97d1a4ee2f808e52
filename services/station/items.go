package station

import (
	"strings"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Lines are the lines of a text that are not empty.
func Lines(text string) []string {
	out := []string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// ParseItems reads service items as they are typed: of each the name on a line and its steps on the lines after it, an empty line between
// two of them. Another language has the same items in the same order, or none: fault.Invalid names the field items, items.hant or
// items.en.
func ParseItems(x lang.Text) ([]Item, error) {
	hans, hant, en := blocks(x.Hans), blocks(x.Hant), blocks(x.En)
	out := []Item{}
	for i, b := range hans {
		item := Item{Name: lang.Text{Hans: b[0]}, Steps: lang.Text{Hans: strings.Join(b[1:], "\n")}}
		for _, other := range []struct {
			name   string
			blocks [][]string
			head   *string
			steps  *string
		}{{"items.hant", hant, &item.Name.Hant, &item.Steps.Hant}, {"items.en", en, &item.Name.En, &item.Steps.En}} {
			if len(other.blocks) == 0 {
				continue
			}
			if len(other.blocks) != len(hans) || len(other.blocks[i]) != len(b) {
				return nil, fault.Wrong(other.name, "station.wrong.items_differ", map[string]any{"N": len(hans)})
			}
			*other.head, *other.steps = other.blocks[i][0], strings.Join(other.blocks[i][1:], "\n")
		}
		out = append(out, item)
	}
	if len(hans) == 0 && len(hant)+len(en) > 0 {
		return nil, fault.Wrong("items", "error.text.empty", nil)
	}
	return out, nil
}

// blocks cuts a text at its empty lines.
func blocks(text string) [][]string {
	out := [][]string{}
	for part := range strings.SplitSeq(strings.ReplaceAll(lang.Clean(text), "\n\n", "\x00"), "\x00") {
		if lines := Lines(part); len(lines) > 0 {
			out = append(out, lines)
		}
	}
	return out
}

// TypeItems writes items as ParseItems reads them.
func TypeItems(items []Item) lang.Text {
	var hans, hant, en []string
	join := func(name, steps string) string { return strings.TrimSpace(name + "\n" + steps) }
	for _, x := range items {
		hans, hant, en = append(hans, join(x.Name.Hans, x.Steps.Hans)), append(hant, join(x.Name.Hant, x.Steps.Hant)), append(en, join(x.Name.En, x.Steps.En))
	}
	return lang.Text{Hans: strings.Join(hans, "\n\n"), Hant: strings.TrimSpace(strings.Join(hant, "\n\n")), En: strings.TrimSpace(strings.Join(en, "\n\n"))}
}
