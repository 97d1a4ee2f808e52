package sheet

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/xuri/excelize/v2"

	"shangquan/services/fault"
	"shangquan/services/listing"
)

// The sheets of an XLSX file.
const (
	sheetShops   = "店铺"
	sheetHelp    = "填写说明"
	sheetChoices = "选项"
)

// Export writes listings as a table, in the order they come, one row at a time. CSV is UTF-8 with a byte order mark and CRLF, as
// Excel in China needs it; XLSX has text cells only, drop-downs and a sheet that explains the columns. Without
// listings it is a form to fill in.
func Export(ctx context.Context, w io.Writer, f Format, listings iter.Seq2[listing.Listing, error], n *Names) error {
	return export(ctx, w, f, listings, n, false)
}

// ExportVeiled is Export with the mobile numbers that no visitor may see as 138 **** 5678. An import takes such a number for the one
// it stands for, so the round trip changes nothing here either.
func ExportVeiled(ctx context.Context, w io.Writer, f Format, listings iter.Seq2[listing.Listing, error], n *Names) error {
	return export(ctx, w, f, listings, n, true)
}

func export(ctx context.Context, w io.Writer, f Format, listings iter.Seq2[listing.Listing, error], n *Names, veiled bool) error {
	cells := func(l *listing.Listing) []string { return row(l, n, veiled) }
	switch f {
	case CSV:
		return exportCSV(ctx, w, listings, cells)
	case XLSX:
		return exportXLSX(ctx, w, listings, n, cells)
	}
	return unknownFormat(f)
}

func unknownFormat(f Format) error {
	return fault.New(fault.Invalid, "sheet.format", fmt.Errorf("sheet: unknown format %q", f))
}

// row gives the cells of a listing, harmless to a spreadsheet.
func row(l *listing.Listing, n *Names, veiled bool) []string {
	var cells []string
	for _, f := range fields {
		got := f.get(l, n)
		if veiled && f.veil != nil {
			f.veil(l, got)
		}
		for _, c := range got {
			cells = append(cells, Guard(c))
		}
	}
	return cells
}

func columns() []column {
	var cols []column
	for _, f := range fields {
		cols = append(cols, f.cols...)
	}
	return cols
}

func exportCSV(ctx context.Context, w io.Writer, listings iter.Seq2[listing.Listing, error], row func(*listing.Listing) []string) error {
	return writeCSV(w, func(yield func([]string, error) bool) {
		var head []string
		for _, col := range columns() {
			head = append(head, col.header)
		}
		if !yield(head, nil) {
			return
		}
		for l, err := range listings {
			if err == nil {
				err = ctx.Err()
			}
			var cells []string
			if err == nil {
				cells = row(&l)
			}
			if !yield(cells, err) {
				return
			}
		}
	})
}

func exportXLSX(ctx context.Context, w io.Writer, listings iter.Seq2[listing.Listing, error], n *Names, row func(*listing.Listing) []string) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	x := xlsx{f: f, cols: columns()}
	if err := x.prepare(n); err != nil {
		return err
	}
	s, err := f.NewStreamWriter(sheetShops)
	if err != nil {
		return err
	}
	for i, c := range x.cols {
		if err := s.SetColWidth(i+1, i+1, max(c.width, 14)); err != nil {
			return err
		}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	head := make([]any, len(x.cols))
	for i, c := range x.cols {
		head[i] = excelize.Cell{StyleID: x.bold, Value: c.header}
	}
	if err := s.SetRow("A1", head); err != nil {
		return err
	}
	at := 2
	for l, err := range listings {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		cells := make([]any, len(x.cols))
		for i, c := range row(&l) {
			if c != "" { // an empty cell takes no room in the file
				cells[i] = excelize.Cell{StyleID: x.styleOf(i), Value: c}
			}
		}
		if err := s.SetRow(fmt.Sprintf("A%d", at), cells); err != nil {
			return err
		}
		at++
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

// xlsx holds what the sheets of one file share.
type xlsx struct {
	f                *excelize.File
	cols             []column
	bold, text, wrap int
}

func (x *xlsx) styleOf(col int) int {
	if x.cols[col].wrap {
		return x.wrap
	}
	return x.text
}

// prepare makes the sheets, the styles and the drop-downs; the rows are streamed after it.
func (x *xlsx) prepare(n *Names) (err error) {
	const asText = 49 // the built-in format "@"
	if x.bold, err = x.f.NewStyle(&excelize.Style{NumFmt: asText, Font: &excelize.Font{Bold: true}}); err != nil {
		return err
	}
	if x.text, err = x.f.NewStyle(&excelize.Style{NumFmt: asText}); err != nil {
		return err
	}
	if x.wrap, err = x.f.NewStyle(&excelize.Style{NumFmt: asText, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}); err != nil {
		return err
	}
	if err := x.f.SetSheetName("Sheet1", sheetShops); err != nil {
		return err
	}
	for _, name := range []string{sheetHelp, sheetChoices} {
		if _, err := x.f.NewSheet(name); err != nil {
			return err
		}
	}
	if err := x.help(); err != nil {
		return err
	}
	if err := x.choices(n); err != nil {
		return err
	}
	return x.f.SetSheetVisible(sheetChoices, false)
}

// help writes the instructions: one line for each column that needs one.
func (x *xlsx) help() error {
	lines := [][2]string{
		{"说明", "一行一家店，按店铺编号对应：编号已有的更新，没有的新增。"},
		{"", "不想改的列可以整列删掉；留着的列，空单元格会把原来的内容清空。"},
		{"", "单元格开头的 ' 是防止被当成公式而加的，导入时会自动去掉。"},
		{"", ""},
		{"列", "怎么填"},
	}
	for _, c := range x.cols {
		lines = append(lines, [2]string{c.header, c.help})
	}
	for i, l := range lines {
		for j, s := range l {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if err := x.f.SetCellStr(sheetHelp, cell, s); err != nil {
				return err
			}
		}
	}
	if err := x.f.SetColWidth(sheetHelp, "A", "A", 16); err != nil {
		return err
	}
	return x.f.SetColWidth(sheetHelp, "B", "B", 80)
}

// choices writes the words of the drop-downs to a hidden sheet, since a drop-down's own list holds 255 characters at most.
func (x *xlsx) choices(n *Names) error {
	at := map[string]string{}
	for i, c := range x.cols {
		if c.pick == "" {
			continue
		}
		source, done := at[c.pick]
		if !done {
			col, err := excelize.ColumnNumberToName(len(at) + 1)
			if err != nil {
				return err
			}
			words := n.choices(c.pick)
			for j, w := range words {
				if err := x.f.SetCellStr(sheetChoices, fmt.Sprintf("%s%d", col, j+1), w); err != nil {
					return err
				}
			}
			source = fmt.Sprintf("%s!$%s$1:$%s$%d", sheetChoices, col, col, max(len(words), 1))
			at[c.pick] = source
		}
		col, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		v := excelize.NewDataValidation(true)
		v.Sqref = fmt.Sprintf("%s2:%s%d", col, col, MaxXLSXRows+1)
		v.SetSqrefDropList(source)
		v.ShowErrorMessage = false // the import says what is wrong, with a suggestion
		if err := x.f.AddDataValidation(sheetShops, v); err != nil {
			return err
		}
	}
	return nil
}
