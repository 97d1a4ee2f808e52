package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// all reads a whole file.
func all(data []byte) (rows [][]string, at []int, rep Report, err error) {
	err = read(context.Background(), bytes.NewReader(data), &rep, func(row int, cells []string) error {
		rows, at = append(rows, slices.Clone(cells)), append(at, row)
		return nil
	})
	return rows, at, rep, err
}

func utf16Bytes(s string, order binary.ByteOrder) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, order, utf16.Encode([]rune(s)))
	return b.Bytes()
}

func TestEncodings(t *testing.T) {
	const text = "店铺编号,名称\r\nSJ1,余天成𠮷\r\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		data     []byte
		encoding string
	}{
		{"UTF-8", []byte(text), "UTF-8"},
		{"UTF-8 with mark", []byte("\uFEFF" + text), "UTF-8 BOM"},
		{"GB18030", gb, "GB18030"},
		{"UTF-16 little endian with mark", utf16Bytes("\uFEFF"+text, binary.LittleEndian), "UTF-16LE"},
		{"UTF-16 big endian with mark", utf16Bytes("\uFEFF"+text, binary.BigEndian), "UTF-16BE"},
		{"UTF-16 with two marks", utf16Bytes("\uFEFF\uFEFF"+text, binary.LittleEndian), "UTF-16LE"},
		{"GB18030 with a mark", append([]byte{0x84, 0x31, 0x95, 0x33}, gb...), "GB18030"},
		{"UTF-16 little endian", utf16Bytes(text, binary.LittleEndian), "UTF-16LE"},
		{"UTF-16 big endian", utf16Bytes(text, binary.BigEndian), "UTF-16BE"},
		{"Excel's Unicode text", utf16Bytes("\uFEFF"+strings.ReplaceAll(text, ",", "\t"), binary.LittleEndian), "UTF-16LE"},
		{"semicolons", []byte(strings.ReplaceAll(text, ",", ";")), "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, _, rep, err := all(c.data)
			if err != nil {
				t.Fatal(err)
			}
			want := [][]string{{"店铺编号", "名称"}, {"SJ1", "余天成𠮷"}}
			if fmt.Sprint(rows) != fmt.Sprint(want) || rep.Encoding != c.encoding || rep.Format != CSV {
				t.Errorf("read %q as %s %s", rows, rep.Format, rep.Encoding)
			}
		})
	}
}

func TestRowNumbersAreTheSpreadsheets(t *testing.T) {
	_, at, _, err := all([]byte("a,b\n\n\r\n\"one\ntwo\",x\n\nlast,y"))
	if err != nil || !slices.Equal(at, []int{1, 4, 6}) {
		t.Errorf("rows %v, %v", at, err)
	}
}

// TestRefusedFiles: bombs and broken files are refused with the reason. EXP-03.
func TestRefusedFiles(t *testing.T) {
	eight := strings.Repeat(" ", 8<<20)
	wide := strings.Repeat("x,", maxColumns) + "x\n"
	for _, c := range []struct {
		name string
		data []byte
		key  string
	}{
		{"too big", bytes.Repeat([]byte("a,b\n"), MaxBytes/4+1), "sheet.file_too_big"},
		{"too many rows", bytes.Repeat([]byte("a\n"), MaxRows+2), "sheet.too_many_rows"},
		{"too many columns", []byte(wide), "sheet.too_many_columns"},
		{"cell too long", []byte("code\n" + strings.Repeat("x", MaxCellBytes+1)), "sheet.cell_too_long"},
		{"open quote", []byte("code,name\nSJ1,\"余"), "sheet.csv_broken"},
		{"quote in a bare cell", []byte("code,name\nSJ1,a\"b\n"), "sheet.csv_broken"},
		{"no text at all", []byte("code,name\nSJ1,\xff\xff\n"), "sheet.encoding_unknown"},
		{"broken UTF-8 behind a mark", []byte("\uFEFFcode\n\xff"), "sheet.encoding_broken"},
		{"half a UTF-16 unit", append(utf16Bytes("\uFEFFcode", binary.LittleEndian), 'x'), "sheet.encoding_broken"},
		{"half a surrogate pair", append(utf16Bytes("\uFEFFcode", binary.LittleEndian), 0x00, 0xd8), "sheet.encoding_broken"},
		{"old Excel", append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...), "sheet.old_excel"},
		{"cut-off archive", []byte("PK\x03\x04 and nothing else"), "sheet.xlsx_broken"},
		{"archive of something else", archive(t, map[string]string{"a.txt": "x"}), "sheet.xlsx_broken"},
		{"archive of very many parts", archiveOf(t, 30_000), "sheet.bomb"},
		{"archive with a part of more than 8 MiB", archive(t, map[string]string{"xl/worksheets/sheet1.xml": strings.Repeat(" ", 8<<20+1)}), "sheet.bomb"},
		{"archive that unpacks to 33 MiB", archive(t, map[string]string{"a": eight, "b": eight, "c": eight, "d": eight, "e": eight[:1<<20]}), "sheet.bomb"},
		{"archive that hides its size", lying(t), "sheet.xlsx_broken"},
		{"an XLSX row too many", workbook(t, strings.Repeat("<row/>", MaxXLSXRows+1)+`<row><c t="inlineStr"><is><t>x</t></is></c></row>`), "sheet.too_many_xlsx_rows"},
		{"an XLSX column too many", workbook(t, `<row r="1"><c r="CW1" t="inlineStr"><is><t>x</t></is></c></row>`), "sheet.too_many_columns"},
		{"row a million", workbook(t, `<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>`), "sheet.too_many_xlsx_rows"},
		{"column sixteen thousand", workbook(t, `<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>`), "sheet.too_many_columns"},
		{"row far beyond any", workbook(t, `<row r="99999999999999"><c r="A1"><v>1</v></c></row>`), "sheet.xlsx_broken"},
		{"quoted huge row", workbook(t, `<row r="&quot;1048577&quot;"><c r="A1"><v>1</v></c></row>`), "sheet.xlsx_broken"},
		{"million empty rows", workbook(t, strings.Repeat("<row/>", 1_000_000)), "sheet.too_many_xlsx_rows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, _, err := all(c.data)
			no, ok := errors.AsType[*refusal](err)
			if !ok || no.Key != c.key {
				t.Errorf("%v, want %s", err, c.key)
			}
		})
	}
}

func TestCancelledReading(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := read(ctx, strings.NewReader("code\nx\n"), &Report{}, func(int, []string) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Our own panics must not be mistaken for a broken file.
func TestPanicsOfOursPass(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("swallowed")
		}
	}()
	_ = readXLSX(workbook(t, `<row r="1"><c r="A1"><v>1</v></c></row>`), func(int, []string) error { panic("ours") })
}

func TestXLSXNumbersKeepTheirDigits(t *testing.T) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for cell, v := range map[string]any{"A1": "code", "B1": "phones", "A2": 1001, "B2": 57721664, "C2": true} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	rows, _, rep, err := all(b.Bytes())
	if err != nil || rep.Format != XLSX || rows[1][0] != "1001" || rows[1][1] != "57721664" {
		t.Errorf("%q %v", rows, err)
	}
}

func archive(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func archiveOf(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range n {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lying claims in both headers that its part is ten bytes long; it is a megabyte.
func lying(t *testing.T) []byte {
	t.Helper()
	data := archive(t, map[string]string{"xl/workbook.xml": strings.Repeat(" ", 1<<20)})
	real, claim := make([]byte, 4), make([]byte, 4)
	binary.LittleEndian.PutUint32(real, 1<<20)
	binary.LittleEndian.PutUint32(claim, 10)
	return bytes.ReplaceAll(data, real, claim)
}

// workbook packs rows, as XML, into an otherwise sound file.
func workbook(t *testing.T, rows string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, p := range z.File {
		r, err := p.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[p.Name] = string(body)
	}
	parts["xl/worksheets/sheet1.xml"] = `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
	return archive(t, parts)
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("店铺编号,名称\r\nSJ1,余天成\r\n"))
	f.Add([]byte("\xff\xfec\x00,\x00\n\x00"))
	f.Add([]byte("\r\r\n\r"))
	f.Add([]byte("\"a\nb\",'=1\n\n\r\n\rx"))
	f.Add([]byte{0xd3, 0xe0, 0xcc, 0xec})
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
			return
		}
		rows, at, _, err := all(data)
		if _, ok := errors.AsType[*refusal](err); err != nil && !ok {
			t.Fatalf("neither read nor refused: %v", err)
		}
		for i, row := range rows {
			if i > 0 && at[i] <= at[i-1] || len(row) > maxColumns {
				t.Fatalf("row %d of %d cells after row %d", at[i], len(row), at[max(i-1, 0)])
			}
		}
	})
}
