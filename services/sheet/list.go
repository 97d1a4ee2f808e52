package sheet

import "strings"

// Several values stand in one cell separated by ；. A value that itself holds a separator or a backslash has it escaped by a
// backslash, so that any list survives the way out and back; people hardly ever see one.

// joinList writes a list as one cell.
func joinList(list []string) string { return join(list, "；", "；;") }

// splitList reads a cell of several values; both ； and ; separate, blanks around a value and empty values are dropped.
func splitList(cell string) []string {
	list := []string{}
	for _, s := range split(cell, "；;") {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

func join(list []string, sep, special string) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString(sep)
		}
		for _, r := range s {
			if r == '\\' || strings.ContainsRune(special, r) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

func split(cell, special string) []string {
	var (
		list []string
		b    strings.Builder
		esc  bool
	)
	for _, r := range cell {
		switch {
		case esc:
			if r != '\\' && !strings.ContainsRune(special, r) {
				b.WriteByte('\\') // a backslash before anything else is itself
			}
			b.WriteRune(r)
			esc = false
		case r == '\\':
			esc = true
		case strings.ContainsRune(special, r):
			list = append(list, b.String())
			b.Reset()
		default:
			b.WriteRune(r)
		}
	}
	if esc {
		b.WriteByte('\\')
	}
	return append(list, b.String())
}
