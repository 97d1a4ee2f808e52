package ui

import "shangquan/services/lang"

// Roll is the register as a table whose rows can be chosen: a GET form, so that what was chosen has an address. On phones each row is a
// card. The chosen rows arrive as shop=ID, and all=1 instead stands for everything that matches.
type Roll struct {
	Caption string
	Action  string
	Hidden  []Hidden // the filters, for all=1
	Columns []string // of the cells; the first column is the name
	Rows    []RollRow
	All     string // 选中全部 128 家; empty: not offered
	Button  Button
}

// RollRow is one shop. Cells are in the order of the columns.
type RollRow struct {
	ID, Title, Href string
	Lang            lang.Tag
	Tags            []RollTag // what is unusual about it
	Cells           []string
}

// RollTag is a word beside the name of a shop.
type RollTag struct {
	Text  string
	State TaskState
}

// Cell is one cell with the word of its column, which stands before it on phones.
type Cell struct{ Column, Text string }

// Labelled returns the cells of a row with the words of their columns.
func (r Roll) Labelled(row RollRow) []Cell {
	out := make([]Cell, 0, len(row.Cells))
	for i, text := range row.Cells {
		out = append(out, Cell{r.Columns[i+1], text})
	}
	return out
}

// Twins names, under the fields of a new shop, which shops it may be already; a script asks Src for them while somebody types.
type Twins struct {
	Src, Lead string
	Items     []Twin
}

// Twin is a shop that may be the same one.
type Twin struct {
	Title, Note, Href string
	Lang              lang.Tag
}
