package ui

// walks adds the stops of a street walk.
func (e *examples) walks() {
	at := Href(e.w.Lang, "/desk/walk/zhongshan-zhonglu/even")
	w := Walk{
		Data: at + "/stops", Send: Href(e.w.Lang, "/desk/walked"), Open: Href(e.w.Lang, "/desk/walked"), List: Href(e.w.Lang, "/desk/walk"), Action: at, ID: "example",
		N: 3, All: 12, Previous: at + "?at=2", Next: at + "?at=4", Categories: []Option{{Label: "药店", Value: "pharmacy"}},
		Stop: &WalkStop{Listing: "1", House: "218", Rev: 1, Door: "218 号", Name: "春申面馆", Kind: "面馆", Phone: "021-0000 0000", Hours: "6:30–21:00", Checked: "9 月 1 日"},
	}
	e.add("walk", "a shop", w)
}
