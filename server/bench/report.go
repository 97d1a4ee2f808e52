package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// row is one figure beside its aim.
type row struct {
	Aim    string  `json:"aim"` // number of the aim; empty for figures without one
	What   string  `json:"what"`
	Figure float64 `json:"figure"`
	Unit   string  `json:"unit"`
	Limit  float64 `json:"limit,omitempty"` // 0: none
	Least  bool    `json:"least,omitempty"` // the figure has to be at least Limit, not at most
	Beside string  `json:"beside,omitempty"`
}

// Met says "yes", "no", or nothing when the row has no aim.
func (r row) met() string {
	switch {
	case r.Limit == 0:
		return ""
	case r.Least == (r.Figure >= r.Limit) || r.Figure == r.Limit:
		return "yes"
	}
	return "**no**"
}

func (r row) aimed() string {
	switch {
	case r.Limit == 0:
		return ""
	case r.Least:
		return "≥ " + short(r.Limit)
	}
	return "≤ " + short(r.Limit)
}

// short shows three digits that count.
func short(f float64) string {
	switch {
	case f >= 1000:
		s := fmt.Sprintf("%.0f", f)
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + "," + s[i:]
		}
		return s
	case f >= 100:
		return fmt.Sprintf("%.0f", f)
	case f >= 10:
		return fmt.Sprintf("%.1f", f)
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", f), "0"), ".")
}

// report is what a run found.
type report struct {
	Machine string `json:"machine"`
	Sizes   []int  `json:"sizes"`
	Rows    []row  `json:"rows"`
}

func (r *report) add(rows ...row) { r.Rows = append(r.Rows, rows...) }

func (r *report) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

func (r *report) markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n| aim | what | figure | aim says | met | beside |\n| --- | --- | ---: | ---: | --- | --- |\n", r.Machine)
	for _, x := range r.Rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", x.Aim, strings.ReplaceAll(x.What, "|", "\\|"), strings.TrimSpace(short(x.Figure)+" "+x.Unit), x.aimed(), x.met(), x.Beside)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
