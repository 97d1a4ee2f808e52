package cli

import (
	_ "embed"
	"errors"
	"runtime/debug"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"
)

// licencesTSV has a line for every module that is linked: its path and its licence as an SPDX expression. A test compares it with the
// licence files of the modules; go test ./server -run Licences -licences writes it anew.
//
//go:embed data/licences.tsv
var licencesTSV string

// sbom prints the bill of materials. It says the same each time: no date, no number of its own.
func (p program) sbom() error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("this program was built without what it is built from")
	}
	licences := map[string]string{"std": "BSD-3-Clause"}
	for line := range strings.Lines(licencesTSV) {
		path, id, _ := strings.Cut(strings.TrimSpace(line), "\t")
		licences[path] = id
	}
	part := func(path, version string) cyclonedx.Component {
		c := cyclonedx.Component{
			Type: cyclonedx.ComponentTypeLibrary, Name: path, Version: version,
			PackageURL: "pkg:golang/" + path + "@" + version, BOMRef: "pkg:golang/" + path + "@" + version,
		}
		switch id := licences[path]; {
		case strings.Contains(id, " "): // parts of it are under another one
			c.Licenses = &cyclonedx.Licenses{{Expression: id}}
		case id != "":
			c.Licenses = &cyclonedx.Licenses{{License: &cyclonedx.License{ID: id}}}
		}
		return c
	}
	parts := []cyclonedx.Component{part("std", strings.Fields(info.GoVersion)[0])}
	for _, m := range info.Deps {
		parts = append(parts, part(m.Path, m.Version))
	}
	bom := cyclonedx.NewBOM()
	bom.SerialNumber = ""
	bom.Metadata = &cyclonedx.Metadata{Component: &cyclonedx.Component{Type: cyclonedx.ComponentTypeApplication, Name: info.Main.Path, Version: info.Main.Version}}
	bom.Components = &parts
	return cyclonedx.NewBOMEncoder(p.Out, cyclonedx.BOMFileFormatJSON).SetPretty(true).Encode(bom)
}
