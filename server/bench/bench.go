package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// sampleShops is how many listings the sample district brings; generated ones make up the rest.
const sampleShops = 325

// bench is one run.
type bench struct {
	ctx      context.Context
	server   string
	profiles string
	dir      string
	aims     string
	quick    bool
	ports    ports
	hello    *process
	report   report
}

// wants reports whether any of the aims named is to be measured.
func (b *bench) wants(aims string) bool { return strings.ContainsAny(b.aims, aims) }

// count is n, or a fifth of it in a quick run.
func (b *bench) count(n int) int {
	if b.quick {
		return n / 5
	}
	return n
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...)
}

func (b *bench) all() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	addr, err := b.ports.free(b.ctx)
	if err != nil {
		return err
	}
	if b.hello, err = start(b.ctx, b.dir, addr, "/", nil, self, "hello", addr); err != nil {
		return err
	}
	defer b.hello.stop()
	sizes := b.report.Sizes
	districts := map[int]*district{}
	for _, n := range sizes {
		b.say("generating %d listings", n)
		if districts[n], err = generate(b.ctx, b.dir, n); err != nil {
			return err
		}
	}
	// The smallest and the largest stand side by side for aim 5; the others come and go.
	least, most := districts[sizes[0]], districts[sizes[len(sizes)-1]]
	servers := map[*district]*process{}
	defer func() {
		for _, p := range servers {
			p.stop()
		}
	}()
	for _, n := range sizes {
		d := districts[n]
		b.say("%d listings: start", n)
		p, err := b.started(d)
		if err != nil {
			return err
		}
		servers[d] = p
		if b.wants("1") && (n == 5000 || len(sizes) == 1) {
			b.say("%d listings: hot pages", n)
			if err := b.hot(servers[d], d); err != nil {
				return err
			}
		}
		if b.wants("23") {
			b.say("%d listings: new questions", n)
			if err := b.cold(servers[d], d); err != nil {
				return err
			}
		}
		if d != least && d != most {
			if err := b.finish(servers[d], d); err != nil {
				return err
			}
			delete(servers, d)
		}
	}
	if least != most && b.wants("5") {
		b.say("growth from %d to %d listings", least.size, most.size)
		if err := b.growth(servers[least], servers[most], least, most); err != nil {
			return err
		}
	}
	for _, d := range []*district{least, most} {
		if p := servers[d]; p != nil {
			if err := b.finish(p, d); err != nil {
				return err
			}
			delete(servers, d)
		}
	}
	for _, n := range sizes {
		if b.wants("3s") && (n == 5000 || n == sizes[len(sizes)-1]) {
			b.say("%d listings: store", n)
			if err := b.store(districts[n]); err != nil {
				return err
			}
		}
	}
	for _, n := range sizes {
		if b.wants("6") && n == 5000 {
			b.say("%d listings: notices", n)
			if err := b.notices(districts[n]); err != nil {
				return err
			}
		}
	}
	for _, n := range sizes {
		if _, ok := floors[n]; ok && b.wants("s") {
			b.say("%d listings: search engine", n)
			if err := b.engine(n); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(b.report.Rows, func(x, y row) int {
		if (x.Aim == "") != (y.Aim == "") {
			return strings.Compare(y.Aim, x.Aim)
		}
		return strings.Compare(x.Aim, y.Aim)
	})
	return nil
}

// serve starts the server on a district.
func (b *bench) serve(d *district, path string) (*process, error) {
	addr, err := b.ports.free(b.ctx)
	if err != nil {
		return nil, err
	}
	env := []string{"SHANGQUAN_ADDR=" + addr, "SHANGQUAN_ORIGIN=http://localhost", "SHANGQUAN_STORE=file:" + d.file, "SHANGQUAN_RATE_FACTOR=0", "SHANGQUAN_SAMPLE=false"}
	name, args := b.server, []string{"serve"}
	if b.profiles != "" {
		if name, err = os.Executable(); err != nil {
			return nil, err
		}
		args = []string{"serve-profiled", filepath.Join(b.profiles, fmt.Sprint(d.size))}
	}
	return start(b.ctx, b.dir, addr, path, env, name, args...)
}

// The aims of starting and of memory, by listings.
var (
	startAims  = map[int]float64{5000: 0.5, 50_000: 3}
	memoryAims = map[int]float64{5000: 120, 50_000: 500}
)

// started measures how long a server takes to its first answer, several times, and returns the last; none is left when it fails.
func (b *bench) started(d *district) (*process, error) {
	times := 3
	if b.quick {
		times = 1
	}
	var wall, cpu []float64
	for i := range times {
		p, err := b.serve(d, "/healthz")
		if err != nil {
			return nil, err
		}
		wall, cpu = append(wall, p.first.Seconds()), append(cpu, p.spent.Seconds())
		if i < times-1 {
			p.stop()
			continue
		}
		// The search index is whole when a search no longer says that it is not; then the start gives its memory back.
		if err := settled(p, d); err != nil {
			p.stop()
			return nil, err
		}
		now, peak, err := p.resident()
		if err != nil {
			p.stop()
			return nil, err
		}
		b.report.add(
			row{Aim: "4", What: fmt.Sprintf("start to first answer, %s listings", thousands(d.size)), Figure: median(wall), Unit: "s", Limit: startAims[d.size], Beside: fmt.Sprintf("CPU %s s", short(median(cpu)))},
			row{Aim: "4", What: fmt.Sprintf("resident memory after the start, %s listings", thousands(d.size)), Figure: now, Unit: "MB", Limit: memoryAims[d.size], Beside: fmt.Sprintf("peak %s MB", short(peak))},
		)
		return p, nil
	}
	return nil, nil
}

// settled waits until a server answers from its index, and a moment for what it does after that.
func settled(p *process, d *district) error {
	for range 1200 {
		_, body, err := ask(p.addr, get("/api/v1/listings?q="+url.QueryEscape(d.single[0]), "Accept-Encoding: identity"))
		if err != nil {
			return err
		}
		if strings.Contains(body, `"degraded":false`) {
			time.Sleep(time.Second)
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the search index is not built after a minute")
}

// finish says what memory the server came to hold and ends it.
func (b *bench) finish(p *process, d *district) error {
	now, peak, err := p.resident()
	if err != nil {
		return err
	}
	b.report.add(row{Aim: "4", What: fmt.Sprintf("resident memory after the run, %s listings", thousands(d.size)), Figure: now, Unit: "MB", Limit: memoryAims[d.size], Beside: fmt.Sprintf("peak %s MB", short(peak))})
	p.stop()
	return nil
}

func thousands(n int) string { return short(float64(n)) }

func median(list []float64) float64 {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

// pause lets what a measurement left behind (garbage, log lines) settle before the next.
func pause() { time.Sleep(200 * time.Millisecond) }
