package directory

import "sync"

// asked keeps what words find, until the index changes. A visitor asks the same words again with every filter, order and page,
// and many visitors ask the same; ranking what they find is the costly part of an answer. What is kept is before any filter,
// and holds for everybody.
type asked struct {
	mu    sync.Mutex
	of    *snapshot // what the index held
	known map[string]found
	room  int // how many more shops may be kept
}

// askedRoom bounds what is kept, 4 bytes each: 4 MB. When it is full it starts anew.
const askedRoom = 1 << 20

// get returns what words find in an index that holds fed.
func (a *asked) get(fed *snapshot, words string) (found, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of != fed {
		return found{}, false
	}
	f, ok := a.known[words]
	return f, ok
}

// put keeps what words find in an index that holds fed.
func (a *asked) put(fed *snapshot, words string, f found) {
	cost := len(f.list) + 100 // and about the rest of it
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of != fed || a.room < cost {
		a.of, a.known, a.room = fed, map[string]found{}, askedRoom
	}
	a.known[words] = f
	a.room -= cost
}
