// Package sheet moves the register of shops in and out as a table that people edit: CSV and XLSX with Chinese headers. One table
// of columns (columns.go) serves both directions, and one plan serves the dry run and the real run. Rows are matched by shop
// code; a column that is left out leaves its fields alone, a cell that is there but empty clears them.
package sheet

import (
	"io"
	"time"
)

// Format is the kind of file.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Limits of one import. A file beyond any of them is refused as a whole, before anything of it is kept.
const (
	MaxBytes     = 4 << 20          // size of the file
	MaxRows      = 20_000           // rows after the header of a CSV file
	MaxXLSXRows  = 5_000            // … of an XLSX file, of which every row takes many times as much memory
	maxColumns   = 200              // columns of any row of a CSV file
	maxXLSXCols  = 100              // … of an XLSX file; ours has 61
	MaxCellBytes = 32 << 10         // length of one cell in UTF-8
	maxUnzipped  = 32 << 20         // sum of everything packed in an XLSX file
	maxPart      = 8 << 20          // one part of it; 5,000 shops as we write them are 7 MiB
	maxEntries   = 200              // parts packed in an XLSX file
	maxTime      = 20 * time.Second // for up to 5,000 rows, and for each 5,000 more
	maxProblems  = 1_000            // rows of problems a report keeps; Failed goes on counting
)

// Problem is one thing wrong with the file: where, what, and what to write instead if that is known.
type Problem struct {
	Row        int            `json:"row"`    // as the spreadsheet numbers it, the header is row 1; 0: the file as a whole
	Code       string         `json:"code"`   // shop code of the row, empty when it has none
	Column     string         `json:"column"` // header of the column, empty when the row as a whole is wrong
	Key        string         `json:"key"`    // message key
	Args       map[string]any `json:"args,omitempty"`
	Suggestion string         `json:"suggestion,omitempty"` // a value that would be accepted in that cell
}

// Report says what an import would do or has done.
type Report struct {
	Format   Format `json:"format"`
	Encoding string `json:"encoding"` // "UTF-8", "UTF-8 BOM", "GB18030", "UTF-16LE", "UTF-16BE"; empty for XLSX
	// Refused is set when the file could not be read as a table of shops; then nothing else is known and nothing is written.
	Refused   *Problem  `json:"refused,omitempty"`
	Columns   []string  `json:"columns"` // headers that were understood, in the order of the file
	Ignored   []string  `json:"ignored"` // headers that were not
	New       int       `json:"new"`
	Changed   int       `json:"changed"`
	Unchanged int       `json:"unchanged"`
	Failed    int       `json:"failed"`
	Marks     int       `json:"marks"` // rows that say of a mark of an old shop what the register does not; it is left as it is
	Rows      []Problem `json:"rows"`  // the first 1,000 problems
}

// refusal is why a file is not read any further.
type refusal struct{ Problem }

func (r *refusal) Error() string { return "sheet refused: " + r.Key }

func refuse(key string, args map[string]any) error {
	return &refusal{Problem{Key: key, Args: args}}
}

// slurp reads r up to the size limit.
func slurp(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxBytes {
		return nil, refuse("sheet.file_too_big", map[string]any{"MiB": MaxBytes >> 20})
	}
	return data, nil
}
