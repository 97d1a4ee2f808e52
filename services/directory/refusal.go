package directory

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"shangquan/services/fault"
)

// refusal is the error of one listing that an engine which works does not take.
type refusal struct {
	id  string
	err error
}

func (r *refusal) Error() string { return "listing " + r.id + " is refused: " + r.err.Error() }

func (r *refusal) Unwrap() error { return r.err }

// leaves calls f with every error that err was joined from.
func leaves(err error, f func(error)) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			leaves(e, f)
		}
		return
	}
	if err != nil {
		f(err)
	}
}

// unrefused returns what of err is more than listings that were refused: all else may succeed though these do not.
func unrefused(err error) error {
	var rest error
	leaves(err, func(e error) {
		if _, ok := errors.AsType[*refusal](e); !ok && !fault.Is(e, fault.Invalid) {
			rest = errors.Join(rest, e)
		}
	})
	return rest
}

// note remembers what was refused, and says so.
func (f *Follower) note(snap *snapshot, err error) {
	var ids []string
	leaves(err, func(e error) {
		if r, ok := errors.AsType[*refusal](e); ok {
			f.refused[r.id] = snap.revision(r.id)
			ids = append(ids, r.id)
		}
	})
	if len(ids) == 0 {
		return
	}
	f.again = f.dir.clock().Add(againAfter)
	f.log.Error("listings wait to be searchable: the search engine does not take them", "error", err)
	slices.Sort(ids)
	f.refuse(fmt.Sprintf("%d refused: %s", len(ids), strings.Join(ids, ", ")))
}

func (f *Follower) refuse(note string) {
	if f.Refused != nil {
		f.Refused(note)
	}
}
