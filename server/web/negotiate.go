package web

import (
	"bytes"
	"strconv"

	"shangquan/frontend"
)

// The encodings from the best to the worst at the same wish of the client. A page is made again and again: zstd is the cheapest
// to make and to read. A built file is compressed once for all visitors: br is the smallest. gzip is understood everywhere.
var (
	forPages = []frontend.Encoding{frontend.Zstd, frontend.Brotli, frontend.Gzip}
	forFiles = []frontend.Encoding{frontend.Brotli, frontend.Zstd, frontend.Gzip}
)

// negotiate returns the encoding for an Accept-Encoding header: the one with the highest q, ties by our preference. Identity
// when nothing fits; RFC 9110 allows that even where the client excludes it.
func negotiate(accept []byte, preferred []frontend.Encoding) frontend.Encoding {
	best, bestQ := frontend.Identity, 0.0
	for _, e := range preferred {
		if q := wish(accept, string(e)); q > bestQ {
			best, bestQ = e, q
		}
	}
	if q := wish(accept, "identity"); q > bestQ {
		return frontend.Identity
	}
	return best
}

// wish returns the q of a coding: 0 when it is not named and there is no "*". Identity that is not named counts as 0, too:
// any encoding the client names is better for it.
func wish(accept []byte, coding string) float64 {
	star := 0.0
	for len(accept) > 0 {
		var part []byte
		part, accept, _ = bytes.Cut(accept, comma)
		name, params, weighted := bytes.Cut(part, semicolon)
		name = bytes.TrimSpace(name)
		named := len(name) == len(coding) && bytes.EqualFold(name, []byte(coding))
		if any := len(name) == 1 && name[0] == '*'; !named && !any {
			continue
		}
		q := 1.0
		if weighted {
			q = weight(params)
		}
		if named {
			return q
		}
		star = q
	}
	if coding == "identity" {
		return 0
	}
	return star
}

var comma, semicolon = []byte{','}, []byte{';'}

// weight reads "q=0.5"; anything unreadable is 0, the cautious reading.
func weight(params []byte) float64 {
	params = bytes.TrimSpace(params)
	if len(params) < 3 || (params[0] != 'q' && params[0] != 'Q') || params[1] != '=' {
		return 0
	}
	q, err := strconv.ParseFloat(string(params[2:]), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}

// matches says whether an If-None-Match header names tag. The comparison is weak, as RFC 9110 asks.
func matches(header []byte, tag string) bool {
	for len(header) > 0 {
		var one []byte
		one, header, _ = bytes.Cut(header, comma)
		one = bytes.TrimPrefix(bytes.TrimSpace(one), []byte("W/"))
		if string(one) == tag || string(one) == "*" {
			return true
		}
	}
	return false
}
