package main

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestServicesAreOnTheMap: who looks for a word of the district in services/doc.go finds every package there, and none that is gone.
func TestServicesAreOnTheMap(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../services/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	told := []string{}
	for _, line := range regexp.MustCompile(`(?m)^//\t([a-z0-9]+) +\S`).FindAllSubmatch(doc, -1) {
		told = append(told, string(line[1]))
	}
	dirs, err := os.ReadDir("../services")
	if err != nil {
		t.Fatal(err)
	}
	there := []string{}
	for _, d := range dirs {
		if d.IsDir() {
			there = append(there, d.Name())
		}
	}
	slices.Sort(told)
	slices.Sort(there)
	if !slices.Equal(told, there) {
		t.Errorf("the map of services/doc.go names %v,\nthere are %v", told, there)
	}
}
