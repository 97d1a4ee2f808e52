// Package intake brings a table of shops into the register in the background: a file is kept sealed, read as a dry run, written when
// somebody says so, and taken back once if they want that. What is under way stands in a journal in the store, so a server that is
// killed in the middle goes on where it was when it, or another one, starts.
//
// The journal is written first: before a chunk of shops is touched, what they were and what they become is there. Every write carries
// the import in its trail, so after a crash a shop that was written is told from one that was not, and from one that somebody else
// wrote. Nothing is locked: a shop that was changed after the dry run is left as it is and named, and so is one that was changed after
// the import when the import is taken back.
package intake

import (
	"time"

	"shangquan/services/audit"
	"shangquan/services/sheet"
	"shangquan/services/store"
)

// Kind names imports in the trail and in questions of permission.
const Kind = "import"

// State is where an import stands.
type State string

// The states: received → ready → running → done → undoing → undone. received may end in refused, ready in dropped or, when somebody
// wants it compared once more, in received again.
const (
	Received State = "received" // the file is there and waits to be read
	Refused  State = "refused"  // it is no table of shops
	Ready    State = "ready"    // it was compared with the register; nothing is written
	Running  State = "running"
	Done     State = "done"
	Undoing  State = "undoing"
	Undone   State = "undone"
	Dropped  State = "dropped" // nobody started it
)

// Kept is how long the file and the journal are kept, and so how long an import can be taken back. The import itself stays, as a
// line of who brought in how much.
const Kept = 7 * 24 * time.Hour

// Working reports whether a server is at it, or will be.
func (s State) Working() bool { return s == Received || s == Running || s == Undoing }

// Import is one import 导入.
type Import struct {
	store.Meta
	audit.Trail
	State  State  `json:"state"`
	File   string `json:"file"` // the name it was sent under, for people
	Size   int    `json:"size"` // bytes
	By     string `json:"by"`   // account
	ByName string `json:"by_name"`
	// Report is of the dry run, without its problems, see Service.Problems.
	Report sheet.Report `json:"report"`
	// Total shops are to be written; of those Written were, and Failed were not, when it was done. TakenBack and Left are the same of the
	// undoing.
	Total     int `json:"total"`
	Written   int `json:"written"`
	Failed    int `json:"failed"`
	TakenBack int `json:"taken_back"`
	Left      int `json:"left"`
	// Tries counts how often a server began to read the file: one that cannot be read without harm is given up.
	Tries     int       `json:"tries"`
	StartedAt time.Time `json:"started_at"`
	DoneAt    time.Time `json:"done_at"`
	UndoneAt  time.Time `json:"undone_at"`
	// Held says that the file and the journal are still there.
	Held bool `json:"held"`
}

// Until is when the file and the journal are erased.
func (i *Import) Until() time.Time { return i.CreatedAt.Add(Kept) }

// Undoable reports whether the import can still be taken back at now.
func (i *Import) Undoable(now time.Time) bool {
	return i.State == Done && i.Held && i.Written > 0 && now.Before(i.Until())
}

// Startable reports whether there is something to write, and it may still be written at now.
func (i *Import) Startable(now time.Time) bool {
	return i.State == Ready && i.Held && i.Total > 0 && now.Before(i.Until())
}

// file is what was sent, packed and sealed.
type file struct {
	store.Meta        // the id of the import
	Sealed     string `json:"sealed"`
}

// problems are what was wrong, for the page and the sheet of errors.
type problems struct {
	store.Meta                 // the id of the import
	List       []sheet.Problem `json:"list"`
}

// chunkRows is how many shops a chunk of the journal has: as many as the store writes together.
const chunkRows = 50

// chunk is a part of the journal.
type chunk struct {
	store.Meta
	ImportID string     `json:"import_id"`
	State    chunkState `json:"state"`
	Sealed   string     `json:"sealed"` // rows, packed and sealed
	Rows     int        `json:"rows"`
	// Failed are the rows that were not written, Left those that were not taken back, with the reason.
	Failed []sheet.Problem `json:"failed"`
	Left   []sheet.Problem `json:"left"`
}

type chunkState string

const (
	planned chunkState = "planned"
	written chunkState = "written"
	undone  chunkState = "undone"
)
