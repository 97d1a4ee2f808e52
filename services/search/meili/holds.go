package meili

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"shangquan/services/search"
	"shangquan/services/search/text"
)

// heldPage is how many documents are asked for at once; of each we get four small fields.
const heldPage = 1000

// Holds implements directory.Outside. An index that is not there holds nothing, and a document of another schema has a time that
// no listing has: both are drift, so the daily check puts them right even when that could not be done at start.
func (e *Engine) Holds(ctx context.Context) (map[string]search.Held, error) {
	held := map[string]search.Held{}
	for offset := 0; ; {
		var out struct {
			Results []struct {
				ID        string `json:"id"`
				UpdatedAt int64  `json:"updated_at"`
				Schema    int    `json:"schema_version"`
				Sum       string `json:"sum"`
			}
			Total *int
		}
		err := e.write(ctx, http.MethodGet, fmt.Sprintf("/indexes/%s/documents?limit=%d&offset=%d&fields=id,updated_at,schema_version,sum",
			url.PathEscape(e.cfg.Index), heldPage, offset), nil, &out)
		if status(err) == http.StatusNotFound {
			return map[string]search.Held{}, nil
		}
		if err != nil {
			return nil, err
		}
		if out.Total == nil {
			return nil, errNoTotal
		}
		for _, d := range out.Results {
			if d.ID == "" {
				return nil, unavailable(errors.New("meilisearch: a document without an id"))
			}
			if d.Schema != text.SchemaVersion {
				d.UpdatedAt = -1
			}
			held[d.ID] = search.Held{UpdatedAt: d.UpdatedAt, Sum: d.Sum}
		}
		if offset += len(out.Results); len(out.Results) == 0 || offset >= *out.Total {
			return held, nil
		}
	}
}
