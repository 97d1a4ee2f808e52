package api

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
	"gopkg.in/yaml.v3"
)

//go:embed openapi.yaml
var openAPI []byte

// parsed is the document as a tree; it is written by hand and checked by a test, so it cannot fail to be read.
var parsed = sync.OnceValue(func() map[string]any {
	doc := map[string]any{}
	if err := yaml.Unmarshal(openAPI, &doc); err != nil {
		panic(err)
	}
	return doc
})

// document answers the OpenAPI document with this site as its server.
func (a *API) document(c *fiber.Ctx) error {
	doc := map[string]any{}
	for k, v := range parsed() {
		doc[k] = v
	}
	doc["servers"] = []map[string]string{{"url": a.origin}}
	body, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/openapi+json; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(body)
}

// Operation is one address of the document, for the page people read.
type Operation struct {
	ID, Method, Path, Summary, Description string
	Parameters                             []Parameter
	Body                                   string // what is sent
	Keyed                                  bool   // takes a key
	Example                                string // an address to try
}

// Parameter is one parameter of an Operation.
type Parameter struct {
	Name, In, Description, Values string
	Required                      bool
}

// Operations reads the document for the page people read, in the order of the paths.
func Operations() []Operation {
	paths, _ := parsed()["paths"].(map[string]any)
	out := []Operation{}
	for path, item := range paths {
		methods, _ := item.(map[string]any)
		for method, said := range methods {
			m, _ := said.(map[string]any)
			op := Operation{
				ID: text(m, "operationId"), Method: strings.ToUpper(method), Path: path, Summary: text(m, "summary"), Description: text(m, "description"),
				Example: text(m, "x-example"), Keyed: m["security"] != nil,
			}
			list, _ := m["parameters"].([]any)
			for _, x := range list {
				op.Parameters = append(op.Parameters, parameter(x))
			}
			body, _ := m["requestBody"].(map[string]any)
			op.Body = text(body, "description")
			out = append(out, op)
		}
	}
	slices.SortFunc(out, func(a, b Operation) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	return out
}

func parameter(x any) Parameter {
	m, _ := x.(map[string]any)
	if ref := text(m, "$ref"); ref != "" {
		components, _ := parsed()["components"].(map[string]any)
		all, _ := components["parameters"].(map[string]any)
		m, _ = all[ref[strings.LastIndexByte(ref, '/')+1:]].(map[string]any)
	}
	p := Parameter{Name: text(m, "name"), In: text(m, "in"), Description: text(m, "description")}
	p.Required, _ = m["required"].(bool)
	schema, _ := m["schema"].(map[string]any)
	if items, ok := schema["items"].(map[string]any); ok {
		schema = items
	}
	values, _ := schema["enum"].([]any)
	words := []string{}
	for _, v := range values {
		if s, ok := v.(string); ok {
			words = append(words, s)
		}
	}
	p.Values = strings.Join(words, " · ")
	return p
}

func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}
