package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// load is what a run of requests against one server gave.
type load struct {
	n     int
	wall  time.Duration
	cpu   time.Duration // of the server process
	took  []time.Duration
	bytes int64 // of the bodies
}

func (l *load) rate() float64 { return float64(l.n) / l.wall.Seconds() }

// cpuEach is the processor time of the server for one request, in microseconds.
func (l *load) cpuEach() float64 { return float64(l.cpu.Nanoseconds()) / float64(l.n) / 1000 }

// p50 is the median time to the answer, in microseconds.
func (l *load) p50() float64 {
	slices.Sort(l.took)
	return float64(l.took[len(l.took)/2].Nanoseconds()) / 1000
}

// get is a request as it goes over the wire, by a browser that takes every encoding, unless headers say otherwise.
func get(path string, headers ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: localhost\r\n", path)
	if len(headers) == 0 {
		headers = []string{"Accept-Encoding: gzip, deflate, br, zstd"}
	}
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

// idle is how long a connection may rest before the server is about to close it.
const idle = 20 * time.Second

// connect keeps at least n connections open. They outlive a run: the server takes only so many from one address, and those that
// were just closed count for a moment.
func (p *process) connect(n int) error {
	if time.Since(p.used) > idle {
		p.disconnect()
		pause()
	}
	p.used = time.Now()
	for len(p.conns) < n {
		c, err := net.Dial("tcp", p.addr) //nolint:noctx // loopback
		if err != nil {
			return err
		}
		p.conns = append(p.conns, c)
	}
	for _, c := range p.conns[:n] {
		if err := c.SetDeadline(time.Now().Add(5 * time.Minute)); err != nil {
			return err
		}
	}
	return nil
}

func (p *process) disconnect() {
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

// send asks p for n requests over so many connections that stay open; request i is requests[i % len(requests)]. The generator
// writes and reads bytes and no more, because it shares the cores with what it measures.
func send(p *process, connections, n int, requests [][]byte) (load, error) {
	out := load{n: n, took: make([]time.Duration, n)}
	if err := p.connect(connections); err != nil {
		return out, err
	}
	var next, bytes atomic.Int64
	failed := make(chan error, connections)
	var all sync.WaitGroup
	cpu, err := p.cpu()
	if err != nil {
		return out, err
	}
	start := time.Now()
	for _, c := range p.conns[:connections] {
		all.Go(func() {
			r := bufio.NewReaderSize(c, 64<<10)
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				asked := time.Now()
				_, err := c.Write(requests[int(i)%len(requests)])
				if err == nil {
					var a answer
					a, err = readAnswer(r, io.Discard)
					bytes.Add(int64(a.length))
				}
				if err != nil {
					failed <- fmt.Errorf("%s: %w", strings.SplitN(string(requests[int(i)%len(requests)]), "\r\n", 2)[0], err)
					return
				}
				out.took[i] = time.Since(asked)
			}
		})
	}
	all.Wait()
	out.wall = time.Since(start)
	after, err := p.cpu()
	if err != nil {
		return out, err
	}
	out.cpu, out.bytes = after-cpu, bytes.Load()
	select {
	case err := <-failed:
		return out, err
	default:
		return out, nil
	}
}

// answer is what a measurement reads of an answer.
type answer struct {
	status string
	etag   string
	length int
}

// readAnswer reads one answer and copies its body to w. Anything but 200 and 304 is an error: a benchmark of error pages measures nothing.
func readAnswer(r *bufio.Reader, w io.Writer) (answer, error) {
	var a answer
	line, err := r.ReadSlice('\n')
	if err != nil {
		return a, err
	}
	if len(line) < 12 {
		return a, fmt.Errorf("not HTTP: %q", line)
	}
	a.status = string(line[9:12])
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return a, err
		}
		if len(line) <= 2 {
			break
		}
		switch c := line[0] | 0x20; {
		case c == 'c' && len(line) > 16 && strings.EqualFold(string(line[:15]), "Content-Length:"):
			if a.length, err = strconv.Atoi(strings.TrimSpace(string(line[15:]))); err != nil {
				return a, err
			}
		case c == 'e' && len(line) > 6 && strings.EqualFold(string(line[:5]), "ETag:"):
			a.etag = strings.TrimSpace(string(line[5:]))
		}
	}
	if a.status == "304" {
		return a, nil
	}
	if w == io.Discard {
		_, err = r.Discard(a.length)
	} else {
		_, err = io.CopyN(w, r, int64(a.length))
	}
	if err == nil && a.status != "200" {
		err = fmt.Errorf("status %s", a.status)
	}
	return a, err
}

// ask sends one request on a connection of its own and returns the answer with its body.
func ask(addr string, request []byte) (answer, string, error) {
	c, err := net.DialTimeout("tcp", addr, time.Second) //nolint:noctx // loopback, and it ends by itself
	if err != nil {
		return answer{}, "", err
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := c.Write(request); err != nil {
		return answer{}, "", err
	}
	var body strings.Builder
	a, err := readAnswer(bufio.NewReaderSize(c, 64<<10), &body)
	return a, body.String(), err
}
