package ui

// Point is something in the street that people look for: a stop, a toilet, a ramp. What is said of it is as it was entered; empty is not said.
type Point struct {
	ID      string // its anchor
	Number  int    // of its pin on the plan; 0: none
	Name    Marked
	Href    string
	Address string
	Note    string      // as it was typed, in Chinese
	Words   []string    // when it can be used, that it is lit
	Lasts   []Departure // of a stop
	Checked string      // who says so, and when somebody looked
	Status  *Status     // whether it can be used now; nil where nobody says when
}

// Departure is the last bus or train of a line.
type Departure struct {
	Name string // 松江 2 路 往大学城
	At   string // 22:10
}
