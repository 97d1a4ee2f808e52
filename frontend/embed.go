// Package frontend carries the front end inside the binary: templates, components, message catalogues and the files Vite
// built. It knows nothing of HTTP; see Load for the built files and package locales for the messages.
package frontend

import "embed"

// FS holds templates/, components/, locales/ and dist/. dist is part of it even before the first build (only its .keep), so
// that the program compiles without Node; Load then says what is missing.
//
//go:embed templates components locales all:dist
var FS embed.FS
