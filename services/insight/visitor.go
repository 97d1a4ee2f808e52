package insight

import (
	"hash/maphash"
	"net/netip"
	"strings"
)

// Request is what is looked at of a request to tell visitors apart. Nothing of it is kept.
type Request struct {
	Client   netip.Addr
	Agent    string // User-Agent
	Language string // Accept-Language
	Ahead    bool   // fetched before anybody asked for it: Sec-Purpose or Purpose with "prefetch"
}

// Visitor is somebody who counts today: a number that means nothing outside this process and nothing tomorrow. The zero Visitor
// does not count.
type Visitor uint64

// agentsPerNetwork is how many visitors one network can look like. Without cookies anybody can call himself a new browser every
// time; what he gains by it ends here.
const agentsPerNetwork = 32

// Visitor returns who asks: the same for the same network and browser until midnight. It is zero for programs: they name
// themselves, or have no language.
//
// Networks are told apart, not machines: 256 neighbours of an IPv4 address and a /48 of IPv6 are one.
func (c *Counter) Visitor(r Request) Visitor {
	if r.Ahead || r.Language == "" || !r.Client.IsValid() || robot(r.Agent) {
		return 0
	}
	client, kept := r.Client.As16(), 16-1 // an IPv4 address is the last four bytes
	if r.Client.Unmap().Is6() {
		kept = 6
	}
	seed := c.today.Load().seed
	client[15] = byte(maphash.String(seed, r.Agent) % agentsPerNetwork)
	clear(client[kept:15])
	return max(Visitor(maphash.Bytes(seed, client[:])), 1)
}

// robots are words in the names of programs that read pages by themselves. Most name an address to complain to.
var robots = byFirst("axios/", "bot", "crawl", "curl/", "facebookexternalhit", "feedfetcher", "go-http", "headless", "http://", "https://", "httpclient",
	"java/", "libwww", "lighthouse", "masscan", "monitor", "node-fetch", "okhttp", "phantomjs", "preview", "python", "scrapy", "slurp", "spider", "wget/", "zgrab")

// byFirst sorts words by their first two letters, so that most places of a text are dealt with in two steps.
func byFirst(words ...string) (out [26][26][]string) {
	for _, w := range words {
		out[w[0]-'a'][w[1]-'a'] = append(out[w[0]-'a'][w[1]-'a'], w)
	}
	return out
}

// telephone reports whether the word ends the name of a make of telephone, Cubot.
func telephone(before, word string) bool {
	return word == "bot" && len(before) > 1 && strings.EqualFold(before[len(before)-2:], "cu")
}

// robot reports whether a User-Agent is that of a program, in one pass over it.
func robot(agent string) bool {
	if len(agent) < 8 { // browsers introduce themselves at length
		return true
	}
	for i := range len(agent) - 2 {
		first, second := agent[i]|0x20-'a', agent[i+1]|0x20-'a'
		if first >= 26 || second >= 26 {
			continue
		}
		for _, w := range robots[first][second] {
			if len(agent)-i >= len(w) && strings.EqualFold(agent[i:i+len(w)], w) && !telephone(agent[:i], w) {
				return true
			}
		}
	}
	return false
}
