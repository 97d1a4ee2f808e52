package directory

import (
	"slices"
	"testing"
)

func TestAsked(t *testing.T) {
	var a asked
	one, two := new(snapshot), new(snapshot)
	if _, ok := a.get(nil, "药店"); ok {
		t.Error("something is known before anything was asked")
	}
	a.put(one, "药店", found{list: []int32{3, 1}, relaxed: true})
	if f, ok := a.get(one, "药店"); !ok || !slices.Equal(f.list, []int32{3, 1}) || !f.relaxed {
		t.Errorf("got %+v, %v", f, ok)
	}
	if _, ok := a.get(one, "药"); ok {
		t.Error("other words are answered")
	}
	if _, ok := a.get(two, "药店"); ok {
		t.Error("an index that changed is answered for")
	}
	a.put(two, "药", found{})
	if _, ok := a.get(two, "药店"); ok {
		t.Error("what an older index found was taken over")
	}
	for range 3 {
		a.put(two, "店", found{list: make([]int32, askedRoom/2)})
		a.put(two, "面", found{list: make([]int32, askedRoom/3)})
	}
	if held := len(a.known["店"].list) + len(a.known["面"].list); held > askedRoom {
		t.Errorf("%d shops are kept, at most %d", held, askedRoom)
	}
}
