package main

import (
	"fmt"
	"maps"
	"runtime/debug"
	"strings"
	"testing"

	"shangquan/server/cli"
)

// floors (SUP-01): versions below these have known holes, or were measured to accept ambiguous framing; of x/text only the newest has no
// open advisory.
var floors = map[string]string{
	"github.com/gofiber/fiber/v2": "v2.52.15", "github.com/valyala/fasthttp": "v1.77.0", "go.mongodb.org/mongo-driver/v2": "v2.10.0",
	"golang.org/x/image": "v0.47.0", "golang.org/x/net": "v0.56.0", "golang.org/x/text": "v0.44.0", "github.com/yuin/goldmark": "v1.8.7",
	"github.com/xuri/excelize/v2": "v2.11.1", "github.com/klauspost/compress": "v1.18.7", "modernc.org/sqlite": "v1.61.1",
}

// TestFloors reads the build information of this test, which is that of the program, because it links the same packages. A module that is
// not in the build has no floor to meet and fails, too: whoever takes it out takes its line out.
func TestFloors(t *testing.T) {
	left := maps.Clone(floors)
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("no build information")
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			t.Errorf("%s is replaced by %s", m.Path, m.Replace.Path)
		}
		if floor := floors[m.Path]; floor != "" && older(m.Version, floor) {
			t.Errorf("%s is %s, want at least %s", m.Path, m.Version, floor)
		}
		delete(left, m.Path)
	}
	for path := range left {
		t.Errorf("%s is not in the build", path)
	}
	if older("v"+strings.TrimPrefix(strings.Fields(info.GoVersion)[0], "go"), "v1.26.8") {
		t.Errorf("built by %s", info.GoVersion)
	}
}

func TestVersionNamesTheModules(t *testing.T) {
	var out, errs strings.Builder
	code := cli.Run(func(string) string { return "" }, strings.NewReader(""), &out, &errs, []string{"version", "--json"})
	for _, want := range []string{"gofiber/fiber/v2", "valyala/fasthttp", "modernc.org/sqlite", "mongo-driver"} {
		if code != cli.Done || !strings.Contains(out.String(), want) {
			t.Errorf("version = %d %s %s, want %s", code, &out, &errs, want)
		}
	}
}

// older compares two versions by their three numbers.
func older(a, b string) bool {
	var x, y [3]int
	_, _ = fmt.Sscanf(a, "v%d.%d.%d", &x[0], &x[1], &x[2])
	_, _ = fmt.Sscanf(b, "v%d.%d.%d", &y[0], &y[1], &y[2])
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return false
}

func TestOlder(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{{"v1.9.0", "v1.10.0", true}, {"v1.10.0", "v1.9.0", false}, {"v2.0.0", "v2.0.0", false}, {"v2.0.1", "v2.0.2", true}, {"v3.0.0", "v2.9.9", false}} {
		if older(tt.a, tt.b) != tt.want {
			t.Errorf("older(%s, %s) = %v", tt.a, tt.b, !tt.want)
		}
	}
}
