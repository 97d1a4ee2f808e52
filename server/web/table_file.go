package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"mime"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/audit"
	"shangquan/services/extract"
	"shangquan/services/sheet"
)

// formatAsked is the format of a table that was asked for: XLSX, which people open without trouble, unless it says CSV.
func formatAsked(said string) sheet.Format {
	if said == string(sheet.CSV) {
		return sheet.CSV
	}
	return sheet.XLSX
}

// sendTable answers with a table as a file in the format that the address asks for.
func (s *Site) sendTable(c *fiber.Ctx, p *speaker, t sheet.Table, name string, rows iter.Seq2[[]string, error]) error {
	var body bytes.Buffer
	f := formatAsked(c.Query("format"))
	if err := errors.Join(t.Write(c.UserContext(), &body, f, rows), p.err); err != nil {
		return err
	}
	return sendFile(c, f, name, body.Bytes())
}

// sendNoted is sendTable for what is about persons, or leaves the house: e, how many rows there are and which bytes are on record first.
func (s *Site) sendNoted(c *fiber.Ctx, p *speaker, t sheet.Table, name string, rows iter.Seq2[[]string, error], e audit.Event) error {
	var body bytes.Buffer
	f, n := formatAsked(c.Query("format")), 0
	counted := func(yield func([]string, error) bool) {
		for row, err := range rows {
			if err == nil {
				n++
			}
			if !yield(row, err) {
				return
			}
		}
	}
	if err := errors.Join(t.Write(c.UserContext(), &body, f, counted), p.err); err != nil {
		return err
	}
	e.Title = cmp.Or(e.Title, name) + "." + string(f)
	if _, err := extract.Note(c.UserContext(), s.services.Trail, Of(c).Actor, e, n, body.Bytes()); err != nil {
		return err
	}
	return sendFile(c, f, name, body.Bytes())
}

var sheetTypes = map[sheet.Format]string{
	sheet.CSV:  "text/csv; charset=utf-8",
	sheet.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// sendFile answers with a file to be kept; name is without the ending.
func sendFile(c *fiber.Ctx, f sheet.Format, name string, body []byte) error {
	c.Set(fiber.HeaderContentType, sheetTypes[f])
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": fmt.Sprintf("%s.%s", name, f)}))
	return c.Send(body)
}
