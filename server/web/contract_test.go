package web

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract is the OpenAPI document of the running server. Its schemas are JSON Schema (OpenAPI 3.1, 4.8.24), so a validator of that holds
// answers against them; that the document itself is one, valid.spec.ts asks a validator of OpenAPI.
type contract struct {
	doc     map[string]any
	schemas *jsonschema.Compiler
}

const documentAt = "http://shop.test/api/openapi.json"

func contractOf(t *testing.T, x *trial) contract {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(x.get(t, "/api/openapi.json")))
	if err != nil {
		t.Fatal(err)
	}
	closed(doc)
	c := contract{schemas: jsonschema.NewCompiler()}
	c.doc, _ = doc.(map[string]any)
	c.schemas.DefaultDraft(jsonschema.Draft2020)
	c.schemas.AssertFormat()
	if err := c.schemas.AddResource(documentAt, doc); err != nil {
		t.Fatal(err)
	}
	return c
}

// closed makes every schema that names members strict: what the document does not name is in no answer (AUZ-05).
func closed(node any) {
	switch n := node.(type) {
	case map[string]any:
		_, named := n["properties"].(map[string]any)
		if _, said := n["additionalProperties"]; named && !said {
			n["additionalProperties"] = false
		}
		for _, inner := range n {
			closed(inner)
		}
	case []any:
		for _, inner := range n {
			closed(inner)
		}
	}
}

// at is what stands at a place of the document, and that place, both after following a reference.
func (c contract) at(place ...string) (map[string]any, []string) {
	node := c.doc
	for _, step := range place {
		node, _ = node[step].(map[string]any)
	}
	if ref, ok := node["$ref"].(string); ok {
		return c.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return node, place
}

// usual are the headers that any answer may have; the others are named in the document.
var usual = []string{
	"Allow", "Cache-Control", "Content-Encoding", "Content-Language", "Content-Length", "Content-Security-Policy", "Content-Type", "Cross-Origin-Embedder-Policy",
	"Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Date", "Etag", "Last-Modified", "Location", "Permissions-Policy", "Referrer-Policy", "Retry-After",
	"Strict-Transport-Security", "Vary", "Www-Authenticate", "X-Content-Type-Options", "X-Frame-Options", "X-Request-Id",
}

// broken is what an answer has against what the document promises for its address.
func (c contract) broken(method, path string, status int, header http.Header, body string) (out []string) {
	paths, _ := c.at("paths")
	address := ""
	for template := range paths {
		if addressOf(template, path) && (address == "" || strings.Contains(address, "{")) {
			address = template
		}
	}
	said := []string{"paths", address, strings.ToLower(method), "responses"}
	responses, _ := c.at(said...)
	code := strconv.Itoa(status)
	if responses[code] == nil {
		code = "default"
	}
	response, place := c.at(append(said, code)...)
	if address == "" || response == nil {
		return []string{"the document has no such address or answer"}
	}
	named, _ := response["headers"].(map[string]any)
	for name := range header {
		is := func(one string) bool { return strings.EqualFold(one, name) }
		if !slices.ContainsFunc(usual, is) && !slices.ContainsFunc(slices.Collect(maps.Keys(named)), is) {
			out = append(out, "a header of no document: "+name)
		}
	}
	content, _ := response["content"].(map[string]any)
	if content == nil {
		if body != "" {
			out = append(out, "a body of no document: "+body)
		}
		return out
	}
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || content[kind] == nil {
		return append(out, "a type of content of no document: "+header.Get("Content-Type"))
	}
	pointer := ""
	for _, step := range append(slices.Clone(place), "content", kind, "schema") {
		pointer += "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(step))
	}
	schema, err := c.schemas.Compile(documentAt + "#" + pointer)
	if err != nil {
		return append(out, err.Error())
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		out = append(out, fmt.Sprintf("%#v", err))
	}
	return out
}

// addressOf says whether an address is one of a template of the document.
func addressOf(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(w, g string) bool { return w == g || strings.HasPrefix(w, "{") && g != "" })
}

// What is not promised is found: a member that nobody named, one that is missing, one of another kind, another type of content, a header.
func TestContractIsHeld(t *testing.T) {
	t.Parallel()
	c := contractOf(t, sampled(t))
	const good = `{"type":"about:blank","title":"x","status":404,"instance":"y"}`
	problem := func() http.Header { return http.Header{"Content-Type": {"application/problem+json"}} }
	for name, tt := range map[string]struct {
		path   string
		header http.Header
		body   string
		wrong  bool
	}{
		"kept":                {"/api/v1/listings/x", problem(), good, false},
		"a member more":       {"/api/v1/listings/x", problem(), strings.Replace(good, "{", `{"secret":1,`, 1), true},
		"a member less":       {"/api/v1/listings/x", problem(), `{"type":"about:blank"}`, true},
		"another kind":        {"/api/v1/listings/x", problem(), strings.Replace(good, "404", `"404"`, 1), true},
		"another type":        {"/api/v1/listings/x", http.Header{"Content-Type": {"text/html"}}, good, true},
		"a header":            {"/api/v1/listings/x", http.Header{"Content-Type": {"application/problem+json"}, "X-Secret": {"1"}}, good, true},
		"no such address":     {"/api/v1/nowhere", problem(), good, true},
		"no name of an empty": {"/api/v1/listings/", problem(), good, true},
	} {
		if broken := c.broken(http.MethodGet, tt.path, http.StatusNotFound, tt.header, tt.body); (len(broken) > 0) != tt.wrong {
			t.Errorf("%s: %v", name, broken)
		}
	}
}
