package meili

import (
	"context"
	"fmt"
	"net/http"
)

// The oldest Meilisearch: before it, the ranking rules of settings.json lose hits, and deleting an index after a swap can lose
// tasks.
const oldestMajor, oldestMinor = 1, 47

// checkVersion fails when Meilisearch is too old. That it does not say which one it is, because the key lacks the right
// "version" or a proxy hides it, is no failure: what was known before holds.
func (e *Engine) checkVersion(ctx context.Context) error {
	var out struct {
		PkgVersion string `json:"pkgVersion"`
	}
	var major, minor int
	err := e.write(ctx, http.MethodGet, "/version", nil, &out)
	if err == nil {
		_, err = fmt.Sscanf(out.PkgVersion, "%d.%d", &major, &minor)
	}
	switch {
	case err != nil: // what was known before holds
	case major < oldestMajor || major == oldestMajor && minor < oldestMinor:
		e.old.Store(&out.PkgVersion)
	default:
		e.old.Store(nil)
	}
	if v := e.old.Load(); v != nil {
		return unavailable(fmt.Errorf("meilisearch %.40s is too old: %d.%d or newer is needed", *v, oldestMajor, oldestMinor))
	}
	return nil
}
