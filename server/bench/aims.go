package main

import (
	"fmt"
	"net/url"
	"strings"
)

// busy is how many connections a loaded server has.
const busy = 64

// hot asks for pages that were just asked for: the home page, a shop, a search many make; as a browser does, without
// compression, and again with what it got (304).
func (b *bench) hot(p *process, d *district) error {
	type target struct {
		what    string
		request []byte
		aim     float64
	}
	var list []target
	for _, page := range []struct{ what, path string }{
		{"home", "/"}, {"shop", "/shops/" + d.ids[0]}, {"popular search", "/?q=" + url.QueryEscape("药店")},
	} {
		list = append(list, target{page.what, get(page.path), 0.5})
	}
	list = append(list, target{"home without compression", get("/", "Accept-Encoding: identity"), 0.5})
	a, _, err := ask(p.addr, get("/"))
	if err != nil {
		return err
	}
	list = append(list, target{"home, not modified (304)", get("/", "Accept-Encoding: gzip, deflate, br, zstd", "If-None-Match: "+a.etag), 0.85})
	ratios, cpus := make([][]float64, len(list)), make([][]float64, len(list))
	var base, helloCPU []float64
	sizes := make([]int64, len(list))
	n := b.count(40_000)
	for range 5 {
		h, err := send(b.hello, busy, n, [][]byte{get("/")})
		if err != nil {
			return err
		}
		base, helloCPU = append(base, h.rate()), append(helloCPU, h.cpuEach())
		for i, t := range list {
			l, err := send(p, busy, n, [][]byte{t.request})
			if err != nil {
				return err
			}
			ratios[i], cpus[i] = append(ratios[i], l.rate()/h.rate()), append(cpus[i], l.cpuEach())
			sizes[i] = l.bytes / int64(n)
		}
	}
	b.report.add(row{Aim: "1", What: "hello server, Fiber", Figure: median(base), Unit: "/s", Beside: fmt.Sprintf("CPU %s µs", short(median(helloCPU)))})
	for i, t := range list {
		b.report.add(row{
			Aim: "1", What: "hot page ÷ hello: " + t.what, Figure: median(ratios[i]), Unit: "×", Limit: t.aim, Least: true,
			Beside: fmt.Sprintf("CPU %s µs, hello ÷ it by CPU %s ×, %s bytes", short(median(cpus[i])), short(median(helloCPU)/median(cpus[i])), thousands(int(sizes[i]))),
		})
	}
	return nil
}

// The floors of PocketBase in the design, in requests per second, and what Fiber's hello did on the machine they were measured
// on: dividing by it makes them comparable with another machine's.
const (
	floorHello    = 128_000.0
	floorHelloCPU = 7.5 // µs
)

var (
	filterFloor = map[int]float64{5000: 10 * 485, 100_000: 200 * 13}
	getFloor    = map[int]float64{5000: 10 * 2900, 100_000: 10 * 4700}
	coldAims    = map[int]float64{5000: 1, 100_000: 5}
)

// cold asks what nobody asked before: search pages, the same as JSON, single listings.
func (b *bench) cold(p *process, d *district) error {
	size := thousands(d.size)
	html, json := questions("/"), questions("/api/v1/listings")
	warm := 200
	if _, err := send(p, 8, warm, html); err != nil {
		return err
	}
	rows := 0
	for _, q := range html[warm : warm+50] {
		_, body, err := ask(p.addr, []byte(strings.Replace(string(q), "gzip, deflate, br, zstd", "identity", 1)))
		if err != nil {
			return err
		}
		rows += strings.Count(body, `class="shop"`)
	}
	pause()
	n := min(b.count(1500), len(html)-warm-50)
	page, err := send(p, 8, n, html[warm+50:])
	if err != nil {
		return err
	}
	h, err := send(b.hello, busy, b.count(40_000), [][]byte{get("/")})
	if err != nil {
		return err
	}
	b.report.add(row{
		Aim: "2", What: fmt.Sprintf("search page nobody asked for before, CPU, %s listings", size), Figure: page.cpuEach() / 1000, Unit: "ms", Limit: coldAims[d.size],
		Beside: fmt.Sprintf("%s/s, %s rows, %s bytes sent; %s hellos, %s ms where hello takes %s µs",
			short(page.rate()), short(float64(rows)/50), thousands(int(page.bytes)/n), short(page.cpuEach()/h.cpuEach()), short(page.cpuEach()/h.cpuEach()*floorHelloCPU/1000), short(floorHelloCPU)),
	})
	if _, _, err := ask(p.addr, json[0]); err != nil {
		return fmt.Errorf("the API: %w", err)
	}
	pause()
	if h, err = send(b.hello, busy, b.count(20_000), [][]byte{get("/")}); err != nil {
		return err
	}
	answers, err := send(p, busy, n, json[warm+50:])
	if err != nil {
		return err
	}
	b.report.add(compared("2", fmt.Sprintf("search as JSON ÷ hello, %s listings", size), answers, h, filterFloor[d.size]))
	m := min(b.count(20_000), len(d.ids))
	if h, err = send(b.hello, busy, b.count(20_000), [][]byte{get("/")}); err != nil {
		return err
	}
	one, err := send(p, busy, m, pages("/api/v1/listings/", d.ids, m))
	if err != nil {
		return err
	}
	b.report.add(compared("3", fmt.Sprintf("get one listing as JSON, each once, ÷ hello, %s listings", size), one, h, getFloor[d.size]))
	return nil
}

// compared puts a rate beside a floor, both as parts of hello's rate.
func compared(aim, what string, l, h load, floor float64) row {
	r := row{Aim: aim, What: what, Figure: l.rate() / h.rate(), Unit: "×", Least: true, Limit: floor / floorHello}
	r.Beside = fmt.Sprintf("%s/s, CPU %s µs, hello %s/s", short(l.rate()), short(l.cpuEach()), short(h.rate()))
	if floor > 0 {
		r.Beside += fmt.Sprintf("; asked for: %s/s where hello does %s/s", short(floor), short(floorHello))
	}
	return r
}

// growth asks the smallest and the largest district the same, in turn.
func (b *bench) growth(small, large *process, least, most *district) error {
	n := b.count(1000)
	for _, x := range []struct {
		what  string
		aim   float64
		pages [][]byte
	}{
		{"narrow search page", 5, pages("/?q=", least.single, n)},
		{"shop page", 1.25, pages("/shops/", least.ids, n)},
	} {
		// In turn and in pieces, so that a busy moment of the machine hits both.
		var s, l load
		const piece = 25
		for i := 0; i+piece <= len(x.pages); i += piece {
			for _, side := range []struct {
				p  *process
				to *load
			}{{small, &s}, {large, &l}} {
				got, err := send(side.p, 1, piece, x.pages[i:i+piece])
				if err != nil {
					return err
				}
				side.to.n, side.to.cpu, side.to.wall = side.to.n+got.n, side.to.cpu+got.cpu, side.to.wall+got.wall
				side.to.took = append(side.to.took, got.took...)
			}
		}
		b.report.add(row{
			Aim: "5", What: fmt.Sprintf("%s, p50 of %s ÷ %s listings", x.what, thousands(most.size), thousands(least.size)), Figure: l.p50() / s.p50(), Unit: "×", Limit: x.aim,
			Beside: fmt.Sprintf("%s ÷ %s ms; CPU %s ÷ %s ms", short(l.p50()/1000), short(s.p50()/1000), short(l.cpuEach()/1000), short(s.cpuEach()/1000)),
		})
	}
	return nil
}
