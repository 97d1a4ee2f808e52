package phone

import (
	"fmt"
	"regexp"
	"sync/atomic"
)

// area is where a number without an area code belongs.
type area struct {
	code  string         // without its trunk zero; empty: such a number cannot be read
	local *regexp.Regexp // a number inside it; none begins with 0, 1 or 9
}

var here atomic.Pointer[area]

func init() { here.Store(areaOf("21")) }

var code = regexp.MustCompile(`^(?:10|2\d|[3-9][1-9]\d)$`)

func areaOf(c string) *area {
	digits := "6,7" // after the first one
	if len(c) == 2 {
		digits = "7"
	}
	return &area{c, regexp.MustCompile(`^[2-8]\d{` + digits + `}$`)}
}

// IsArea reports whether c is an area code as SetArea takes it, or empty.
func IsArea(c string) bool { return c == "" || code.MatchString(c) }

// SetArea says which area code a number without one has, such as 21 for Shanghai, which is also what is assumed before; empty: a number
// without one cannot be read. A program calls it once, before it reads numbers. It fails for what is no area code.
func SetArea(c string) error {
	if !IsArea(c) {
		return fmt.Errorf("phone: %q is no area code without its zero, like 21", c)
	}
	here.Store(areaOf(c))
	return nil
}
