package web

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"

	tokens "golang.org/x/net/html"
)

// obeyed says what of an answer a reader of its kind would take for more than words.
func obeyed(kind, body string) error {
	if strings.Contains(body, "{{49}}") || strings.Contains(body, ">49\"") {
		return errors.New("the sum was done")
	}
	kind, _, _ = strings.Cut(kind, ";")
	switch kind {
	case "text/html":
		return obeyedHTML(body)
	case "application/json", "application/problem+json", "application/geo+json", "application/manifest+json":
		if body != "" && !json.Valid([]byte(body)) {
			return errors.New("no JSON")
		}
	case "application/atom+xml", "application/xml", "text/xml", "image/svg+xml":
		return obeyedXML(strings.NewReader(body))
	case "text/calendar":
		for _, line := range strings.Split(strings.ReplaceAll(body, "\r\n ", ""), "\r\n") {
			if line != "" && !calendarLine.MatchString(line) {
				return fmt.Errorf("no line of a calendar: %q", line)
			}
			if i := strings.Index(line, hostile[:20]); i >= 0 && !strings.Contains(line, `\;\,`) {
				return fmt.Errorf("the text of %q ends early", line)
			}
		}
	case "text/csv":
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
		r.FieldsPerRecord = -1
		if _, err := r.ReadAll(); err != nil {
			return err
		}
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return obeyedSheet(body)
	}
	return nil
}

var calendarLine = regexp.MustCompile(`^[A-Z-]+[;:]`)

func obeyedHTML(body string) error {
	z := tokens.NewTokenizer(strings.NewReader(body))
	inScript := ""
	for {
		switch z.Next() {
		case tokens.ErrorToken:
			return nil
		case tokens.TextToken:
			if raw := string(z.Raw()); inScript != "" && strings.TrimSpace(raw) != "" {
				if inScript != "application/ld+json" || !json.Valid([]byte(raw)) {
					return fmt.Errorf("a script that is no data: %.200s", raw)
				}
			}
		case tokens.EndTagToken:
			inScript = ""
		case tokens.CommentToken, tokens.DoctypeToken:
		case tokens.StartTagToken, tokens.SelfClosingTagToken:
			tag := z.Token()
			if inScript = ""; tag.Data == "script" {
				inScript = "a script"
			}
			for _, at := range tag.Attr {
				if strings.HasPrefix(at.Key, "on") || strings.Contains(at.Key, "hostile") || strings.ContainsAny(at.Key, `"'<{`) || at.Key == "style" {
					return fmt.Errorf("<%s> has %s=%q", tag.Data, at.Key, at.Val)
				}
				if tag.Data == "script" && at.Key == "type" {
					inScript = at.Val
				}
			}
		}
	}
}

func obeyedXML(r io.Reader) error {
	d := xml.NewDecoder(r)
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if el, ok := tok.(xml.StartElement); ok {
			for _, at := range el.Attr {
				if strings.HasPrefix(at.Name.Local, "on") {
					return fmt.Errorf("<%s> has %s", el.Name.Local, at.Name.Local)
				}
			}
		}
	}
}

// obeyedSheet looks into a workbook: every part is XML, and no cell is a formula.
func obeyedSheet(body string) error {
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			return err
		}
		b, err := io.ReadAll(part)
		_ = part.Close()
		if err == nil {
			err = obeyedXML(bytes.NewReader(b))
		}
		if err == nil && bytes.Contains(b, []byte("<f>")) {
			err = errors.New("a formula")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

// The reader of TestHostileWords sees what it is to see.
func TestHostileWordsAreSeen(t *testing.T) {
	t.Parallel()
	said := html.EscapeString(hostile)
	for _, tt := range []struct {
		kind, body string
		obeyed     bool
	}{
		{"text/html", `<p title="` + said + `">` + said + `</p><script type="application/ld+json">{"name":"\u003c/script>"}</script><script src="/x.js"></script>`, false},
		{"text/html", `<p>` + hostile + `</p>`, true},
		{"text/html", `<p title="` + hostile + `"></p>`, true},
		{"text/html", `<script type="application/ld+json">{"name":"` + hostile + `"}</script>`, true},
		{"text/html", `<script>49</script>`, true},
		{"text/html", `<p>{{49}}</p>`, true},
		{"application/atom+xml", `<feed><title>` + said + `</title></feed>`, false},
		{"application/atom+xml", `<feed><title>` + hostile + `</title></feed>`, true},
		{"text/calendar; charset=utf-8", "BEGIN:VEVENT\r\nSUMMARY:" + strings.NewReplacer(";", `\;`, ",", `\,`).Replace(hostile) + "\r\n", false},
		{"text/calendar", "SUMMARY:" + hostile + "\r\n", true},
		{"text/calendar", "SUMMARY:a\r\nb\r\n", true},
		{"application/json", `{"name":"` + hostile + `"}`, true},
		{"text/csv", `"a` + hostile + `",b`, true},
	} {
		if err := obeyed(tt.kind, tt.body); (err != nil) != tt.obeyed {
			t.Errorf("%s %s: %v", tt.kind, tt.body, err)
		}
	}
}
