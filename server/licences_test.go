package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/google/licensecheck"

	"shangquan/server/cli"
)

var writeLicences = flag.Bool("licences", false, "write server/cli/data/licences.tsv anew")

// allowed are the licences that a part may have (SUP-04). MPL-2.0 asks that the part itself stays as it is, and no replace changes one.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "Unlicense", "Zlib"}

var licenceFile = regexp.MustCompile(`(?i)^(un)?licen[sc]e|^copying`)

// TestLicences reads the licence of every module that is linked and compares it with the table that the bill of materials is made from.
func TestLicences(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(strings.ReplaceAll(string(out), "\t", "|"))
	slices.Sort(lines)
	var table strings.Builder
	for _, line := range slices.Compact(lines) {
		path, dir, _ := strings.Cut(line, "|")
		fmt.Fprintf(&table, "%s\t%s\n", path, licenceOf(t, path, dir))
	}
	const file = "cli/data/licences.tsv"
	if *writeLicences {
		if err := os.WriteFile(file, []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(file); err != nil || string(have) != table.String() {
		t.Errorf("%s is not what is linked (%v): go test ./server -run Licences -licences writes it anew", file, err)
	}
}

// licenceOf returns the one licence that a module's own files state.
func licenceOf(t *testing.T, path, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range licensecheck.Scan(text).Match {
			if !m.IsURL {
				ids = append(ids, m.ID)
			}
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, id := range ids {
		if !slices.Contains(allowed, id) {
			t.Errorf("%s: the licence %s is not among those that are allowed", path, id)
		}
	}
	if len(ids) == 0 {
		t.Errorf("%s: no licence that is known in %s", path, dir)
	}
	return strings.Join(ids, " AND ")
}

// TestSBOM: the bill of materials has every module of the build, with a licence for each that is linked into the program.
func TestSBOM(t *testing.T) {
	var out, errs strings.Builder
	if code := cli.Run(func(string) string { return "" }, strings.NewReader(""), &out, &errs, []string{"version", "--sbom"}); code != cli.Done {
		t.Fatal(errs.String())
	}
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(strings.NewReader(out.String()), cyclonedx.BOMFileFormatJSON).Decode(&bom); err != nil || bom.Components == nil {
		t.Fatalf("no CycloneDX: %v", err)
	}
	got := map[string]string{}
	for _, c := range *bom.Components {
		got[c.Name] = c.Version
		if c.Licenses == nil && c.Name != "github.com/google/licensecheck" { // of this test alone
			t.Errorf("%s has no licence", c.Name)
		}
	}
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if got[m.Path] != m.Version {
			t.Errorf("%s is %q, and %s in the build", m.Path, got[m.Path], m.Version)
		}
	}
	if len(got) != len(info.Deps)+1 || got["std"] == "" {
		t.Errorf("%d parts for %d modules and the library of Go", len(got), len(info.Deps))
	}
}
