package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"shangquan/server/config"
	"shangquan/services/alarm"
)

// check lists what cannot be read in the settings and what is unsafe in them.
func (p program) check(_ context.Context, o *options) error {
	findings := []config.Finding{}
	if c, err := config.Load(o.getenv); err == nil {
		findings = config.Check(c)
		if c.Env == config.Production && c.Backups != "" {
			if _, wrong, _ := alarm.Backups(c.Backups, time.Now()); wrong != "" {
				findings = append(findings, config.Finding{Setting: "SHANGQUAN_BACKUPS", Text: "names " + c.Backups + ": " + wrong})
			}
		}
	} else {
		for line := range strings.Lines(err.Error()) {
			name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
			findings = append(findings, config.Finding{Setting: name, Refuse: true, Text: text})
		}
	}
	if o.json {
		if err := p.writeJSON(struct {
			Findings []config.Finding `json:"findings"`
		}{findings}); err != nil {
			return err
		}
	} else {
		for _, f := range findings {
			_, _ = fmt.Fprintln(p.Out, f)
		}
		if len(findings) == 0 {
			_, _ = fmt.Fprintln(p.Out, "nothing unsafe in the settings")
		}
	}
	if len(findings) > 0 {
		return errReported
	}
	return nil
}

// build is what version prints.
type build struct {
	Version  string            `json:"version"`
	Revision string            `json:"revision"` // of the source; empty when built without it
	Go       string            `json:"go"`
	Modules  map[string]string `json:"modules"`
}

// shown are the modules whose version decides what the server accepts and keeps.
var shown = []string{"github.com/gofiber/fiber/v2", "github.com/valyala/fasthttp", "go.mongodb.org/mongo-driver/v2", "modernc.org/sqlite"}

func (p program) version(_ context.Context, o *options) error {
	if o.parts {
		return p.sbom()
	}
	b := build{Version: "unknown", Modules: map[string]string{}}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Version, b.Go = info.Main.Version, info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				b.Revision = s.Value
			}
		}
		for _, m := range info.Deps {
			if slices.Contains(shown, m.Path) {
				b.Modules[m.Path] = m.Version
			}
		}
	}
	if o.json {
		return p.writeJSON(b)
	}
	_, _ = fmt.Fprintf(p.Out, "shangquan %s\n", b.Version)
	if b.Revision != "" {
		_, _ = fmt.Fprintf(p.Out, "revision %s\n", b.Revision)
	}
	_, _ = fmt.Fprintf(p.Out, "built by %s\n", b.Go)
	for _, m := range shown {
		if v := b.Modules[m]; v != "" {
			_, _ = fmt.Fprintf(p.Out, "%s %s\n", m, v)
		}
	}
	return nil
}
