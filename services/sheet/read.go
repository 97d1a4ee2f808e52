package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// rowFunc gets one row of the table: its number as a spreadsheet shows it and its cells, which are only lent.
type rowFunc func(row int, cells []string) error

// read walks the rows of a file, the header first, without keeping them. What it learns about the file it writes into rep.
func read(ctx context.Context, r io.Reader, rep *Report, each rowFunc) error {
	data, err := slurp(r)
	if err != nil {
		return err
	}
	maxRows, maxCols := MaxRows, maxColumns
	limited := func(row int, cells []string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if row > maxRows+1 {
			if rep.Format == XLSX {
				return refuse("sheet.too_many_xlsx_rows", map[string]any{"Max": maxRows, "CSV": MaxRows})
			}
			return refuse("sheet.too_many_rows", map[string]any{"Max": maxRows})
		}
		if len(cells) > maxCols {
			return refuse("sheet.too_many_columns", map[string]any{"Row": row, "Max": maxCols})
		}
		for i, c := range cells {
			if len(c) > MaxCellBytes {
				return refuse("sheet.cell_too_long", map[string]any{"Row": row, "Column": i + 1, "KiB": MaxCellBytes >> 10})
			}
			cells[i] = Unguard(c)
		}
		return each(row, cells)
	}
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		rep.Format, maxRows, maxCols = XLSX, MaxXLSXRows, maxXLSXCols
		return readXLSX(data, limited)
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return refuse("sheet.old_excel", nil) // the binary format before 2007, or an XLSX file with a password
	}
	rep.Format = CSV
	text, encoding, err := decode(data)
	rep.Encoding = encoding
	if err != nil {
		return err
	}
	return readCSV(text, limited)
}

func readCSV(text []byte, each rowFunc) error {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = delimiter(text)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	row, from := 0, int64(0)
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			return refuse("sheet.csv_broken", map[string]any{"Line": broken.Line})
		}
		if err != nil {
			return err
		}
		// The reader skips empty lines, a spreadsheet counts them.
		for {
			rest, isLF := bytes.CutPrefix(text[from:], []byte("\n"))
			if !isLF {
				if rest, isLF = bytes.CutPrefix(text[from:], []byte("\r\n")); !isLF {
					break
				}
			}
			row, from = row+1, int64(len(text)-len(rest))
		}
		row++
		from = r.InputOffset()
		if err := each(row, cells); err != nil {
			return err
		}
	}
}

// delimiter is whichever of comma, tab and semicolon the first line has most of: Excel saves "Unicode text" with tabs.
func delimiter(text []byte) rune {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ',', bytes.Count(line, []byte(","))
	for _, d := range []rune{'\t', ';'} {
		if n := bytes.Count(line, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

// readXLSX reads the sheet named like ours, else the first one. The parser gets a file whose unpacked size is already known to
// be small; should it still trip over a forged one, the file is refused like any broken file.
func readXLSX(data []byte, each rowFunc) (err error) {
	ours := false // while our own code runs: its panics are not the file's fault
	defer func() {
		if !ours {
			if p := recover(); p != nil {
				err = refuse("sheet.xlsx_broken", nil)
			}
		}
	}()
	if err := checkZip(data); err != nil {
		return err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, // equal: nothing is ever spilled to temporary files
		RawCellValue: true, // a date stays a serial number, a phone number keeps its digits
	})
	if err != nil {
		return refuse("sheet.xlsx_broken", nil)
	}
	defer func() { _ = f.Close() }() // nothing was spilled, so closing removes nothing
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return refuse("sheet.xlsx_broken", nil)
	}
	name := sheets[0]
	if i, _ := f.GetSheetIndex(sheetShops); i >= 0 {
		name = sheetShops
	}
	rows, err := f.Rows(name)
	if err != nil {
		return refuse("sheet.xlsx_broken", nil)
	}
	for row := 1; rows.Next(); row++ {
		cells, err := rows.Columns()
		if err != nil {
			return refuse("sheet.xlsx_broken", nil)
		}
		for i, c := range cells {
			// XML parsers turn a line end in a cell into one of these; inside we only know the line feed.
			cells[i] = strings.ReplaceAll(c, "\r\n", "\n")
		}
		ours = true
		err = each(row, cells)
		ours = false
		if err != nil {
			return err
		}
	}
	if rows.Error() != nil {
		return refuse("sheet.xlsx_broken", nil)
	}
	return nil
}

// checkZip counts what an archive claims to unpack to, and refuses it before any of it is unpacked. A part that unpacks to
// more than it claims is an error of the zip reader.
func checkZip(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return refuse("sheet.xlsx_broken", nil)
	}
	if len(z.File) > maxEntries {
		return refuse("sheet.bomb", map[string]any{"MiB": maxUnzipped >> 20})
	}
	var sum uint64
	for _, f := range z.File {
		if sum += f.UncompressedSize64; f.UncompressedSize64 > maxPart || sum > maxUnzipped {
			return refuse("sheet.bomb", map[string]any{"MiB": maxUnzipped >> 20})
		}
	}
	for _, f := range z.File {
		if err := measure(f); err != nil {
			return err
		}
	}
	return nil
}

// measure unpacks one part to nowhere, to see that it is as long as it claims.
func measure(f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return refuse("sheet.xlsx_broken", nil)
	}
	defer func() { _ = r.Close() }()
	n, err := io.Copy(io.Discard, io.LimitReader(r, int64(f.UncompressedSize64)+1))
	if err != nil {
		return refuse("sheet.xlsx_broken", nil)
	}
	if n > int64(f.UncompressedSize64) {
		return refuse("sheet.bomb", map[string]any{"MiB": maxUnzipped >> 20})
	}
	return nil
}
