package access

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed table.txt
var source string

var table, dangerous, order = read(source)

// read reads the table. A mistake in it is a mistake of the program: it panics, so no program starts with one.
func read(text string) (rows map[Action]map[Role]Scope, sudo map[Action]bool, order []Action) {
	rows, sudo = map[Action]map[Role]Scope{}, map[Action]bool{}
	heading := false
	for n, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		cells := strings.Fields(line)
		if len(cells) == 0 {
			continue
		}
		if !heading {
			heading = true
			if !slices.EqualFunc(cells[1:], Roles, func(c string, r Role) bool { return c == string(r) }) {
				panic("access: the columns of the table are not the roles")
			}
			continue
		}
		name, dangerous := strings.CutSuffix(cells[0], "!")
		act := Action(name)
		if rows[act] != nil || len(cells) != len(Roles)+1 {
			panic(fmt.Sprintf("access: line %d of the table: %q", n+1, line))
		}
		rows[act] = map[Role]Scope{}
		for i, r := range Roles {
			s := Scope(cells[i+1])
			if !fits(r, s) {
				panic(fmt.Sprintf("access: line %d of the table: %s cannot have %q", n+1, r, s))
			}
			rows[act][r] = s
		}
		sudo[act] = dangerous
		order = append(order, act)
	}
	return rows, sudo, order
}

// fits reports whether a scope means something for a role.
func fits(r Role, s Scope) bool {
	switch r {
	case Visitor, Coordinator, Liaison, Auditor, Admin:
		return s == None || s == All
	case Signed:
		return s == None || s == Own || s == All
	case Plaza:
		return s == None || s == InPlaza
	default:
		return s == None || s == Own
	}
}

// Actions lists every action in the order of the table.
func Actions() []Action { return slices.Clone(order) }

// Grant returns how far a role may do an action; None for an action that is not in the table.
func Grant(r Role, act Action) Scope {
	if s, ok := table[act][r]; ok {
		return s
	}
	return None
}
