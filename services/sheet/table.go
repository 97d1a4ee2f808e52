package sheet

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"

	"github.com/xuri/excelize/v2"
)

// Table is a table that is only read: by people, or by the form of another service that wants these columns.
type Table struct {
	Name string   // of the sheet in an XLSX file
	Head []string // the first row
	// Above stands over the head, a line each: what the table is and who took it. Tables that a program reads have none.
	Above []string
}

// Write writes a table, one row at a time: CSV as Export does, XLSX with text cells only. Cells that a spreadsheet would run are made
// harmless.
func (t Table) Write(ctx context.Context, w io.Writer, f Format, rows iter.Seq2[[]string, error]) error {
	all := func(yield func([]string, error) bool) {
		for _, line := range t.Above {
			if !yield([]string{Guard(line)}, nil) {
				return
			}
		}
		if !yield(guarded(t.Head), nil) {
			return
		}
		for r, err := range rows {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(guarded(r), err) {
				return
			}
		}
	}
	switch f {
	case CSV:
		return writeCSV(w, all)
	case XLSX:
		return t.writeXLSX(w, all)
	}
	return unknownFormat(f)
}

func guarded(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = Guard(c)
	}
	return out
}

// writeCSV writes rows whose cells are harmless already: with a byte order mark, which spreadsheets ask for, and CRLF (RFC 4180).
func writeCSV(w io.Writer, rows iter.Seq2[[]string, error]) error {
	buf := bufio.NewWriter(w)
	if _, err := buf.WriteString("\uFEFF"); err != nil {
		return err
	}
	c := csv.NewWriter(buf)
	c.UseCRLF = true
	for r, err := range rows {
		if err == nil {
			err = c.Write(r)
		}
		if err != nil {
			return err
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return err
	}
	return buf.Flush()
}

func (t Table) writeXLSX(w io.Writer, rows iter.Seq2[[]string, error]) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	const asText = 49 // the built-in format "@"
	text, err := f.NewStyle(&excelize.Style{NumFmt: asText})
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{NumFmt: asText, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := f.SetSheetName("Sheet1", t.Name); err != nil {
		return err
	}
	s, err := f.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	if err := s.SetColWidth(1, len(t.Head), 18); err != nil {
		return err
	}
	top := len(t.Above) + 1
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: top, TopLeftCell: fmt.Sprintf("A%d", top+1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	at := 1
	for r, err := range rows {
		if err != nil {
			return err
		}
		cells := make([]any, len(r))
		for i, c := range r {
			if c == "" {
				continue
			}
			style := text
			if at <= top {
				style = bold
			}
			cells[i] = excelize.Cell{StyleID: style, Value: c}
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
