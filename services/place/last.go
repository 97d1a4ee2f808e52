package place

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Departure is the last bus or train 末班 of a line from a stop.
type Departure struct {
	Line   string `json:"line"`   // "松江 2 路"
	Toward string `json:"toward"` // where it goes; empty: nobody wrote it down
	At     string `json:"at"`     // "22:10", as the stop has it; after midnight it is still of the evening before
}

// Lasts are the last departures of a stop, with who says so and when somebody last looked it up.
type Lasts struct {
	List      []Departure `json:"list"`
	Source    string      `json:"source"`     // the operator, or the sign at the stop
	CheckedOn string      `json:"checked_on"` // YYYY-MM-DD
}

// MaxDepartures is how many last departures a stop has at most.
const MaxDepartures = 20

// departure is a line, where it goes, and a time of day: "松江 2 路往大学城 22:10", "2 to University 22:10".
var departure = regexp.MustCompile(`^(.+?)(?:(?:\s*[开開]?往\s*|\s+to\s+)(.+?))?\s+(\d{1,2}):([0-5]\d)$`)

var towardLimit = lang.Limit{Max: MaxName}

// ReadDepartures reads last departures as people type them: one to a row, the line, 往 or "to" and where it goes if that is known, and the time of day.
// fault.Invalid on field "last" names the row that cannot be read, or that says what another one says.
func ReadDepartures(text string) ([]Departure, error) {
	out := []Departure{}
	seen := map[string]bool{}
	for i, row := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		row = lang.Clean(width.Fold.String(row))
		if row == "" {
			continue
		}
		m := departure.FindStringSubmatch(row)
		wrong := m == nil
		var d Departure
		if !wrong {
			hour, _ := strconv.Atoi(m[3]) // two digits
			d = Departure{Line: m[1], Toward: m[2], At: fmt.Sprintf("%d:%s", hour, m[4])}
			wrong = hour > 23 || len(numberLimit.Check("last", d.Line)) > 0 || len(towardLimit.Check("last", d.Toward)) > 0
		}
		switch {
		case wrong:
			return nil, fault.Wrong("last", "error.point.departure", map[string]any{"N": i + 1})
		case seen[d.Line+"\x00"+d.Toward]:
			return nil, fault.Wrong("last", "error.point.twice", map[string]any{"N": i + 1})
		case len(out) == MaxDepartures:
			return nil, fault.Wrong("last", "error.point.departures", map[string]any{"Max": MaxDepartures})
		}
		seen[d.Line+"\x00"+d.Toward] = true
		out = append(out, d)
	}
	return out, nil
}

// nightEnds is the hour before which a departure is of the evening before.
const nightEnds = 5

// Minute is when it leaves, in minutes after the midnight its day began with: 1460 for 0:20 in the night.
func (d Departure) Minute() int {
	h, m, _ := strings.Cut(d.At, ":")
	hour, _ := strconv.Atoi(h)
	minute, _ := strconv.Atoi(m)
	if hour < nightEnds {
		hour += 24
	}
	return hour*60 + minute
}

// Name is the line and where it goes, as a stop has it.
func (d Departure) Name() string {
	if d.Toward == "" {
		return d.Line
	}
	return d.Line + " 往" + d.Toward
}

// Text writes last departures as ReadDepartures reads them.
func (x *Lasts) Text() string {
	rows := []string{}
	for _, d := range x.List {
		rows = append(rows, d.Name()+" "+d.At)
	}
	return strings.Join(rows, "\n")
}

// SetLasts writes the last departures of a stop, see ReadDepartures, and who says so; they count as checked today. Empty: nobody knows any.
// fault.Invalid on "last" and "source", and for a point where nothing stops; fault.NotFound, fault.Conflict.
func (e *Editor) SetLasts(ctx context.Context, by access.Actor, id string, rev int64, text, source string) (Point, error) {
	list, err := ReadDepartures(text)
	if err != nil {
		return Point{}, err
	}
	next := Lasts{}
	if len(list) > 0 {
		next = Lasts{List: list, Source: lang.Clean(source), CheckedOn: e.now().Format(time.DateOnly)}
		if err := fault.Wrongs(nameLimit.Check("source", next.Source)); err != nil {
			return Point{}, err
		}
	}
	return e.point(ctx, by, id, rev, func(p *Point) error {
		p.Lasts = next
		return p.Validate()
	})
}
