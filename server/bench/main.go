// Command bench measures the server against the aims of its design; scripts/bench runs it. It generates districts without a
// network, starts the real server on the loopback, and prints every figure beside its aim. Rates are ratios to a hello server
// that is asked in turn with it, so that whatever else the machine does hits both.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"shangquan/server/cli"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 2 && args[0] == "hello" {
		return hello(args[1])
	}
	if len(args) == 2 && args[0] == "serve-profiled" {
		return serveProfiled(args[1])
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	b := bench{ctx: ctx}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	sizes := f.String("sizes", "1000,5000,50000,100000", "listings of the districts, comma separated")
	f.BoolVar(&b.quick, "quick", false, "1,000 and 5,000 listings and a fifth of the requests, unless --sizes says otherwise")
	aims := f.String("aims", "123456s", "what to measure: the numbers of aims, and s for the store and the search engine alone")
	asJSON := f.Bool("json", false, "print JSON")
	keep := f.String("keep", "", "folder that keeps the generated districts for the next run; empty: a temporary one")
	f.StringVar(&b.server, "server", "", "program to measure; scripts/bench builds it")
	f.StringVar(&b.profiles, "profile", "", "folder for a CPU and a heap profile of every server; the servers then run in the benchmark's own program")
	if err := f.Parse(args); err != nil {
		return err
	}
	b.aims = *aims
	given := map[string]bool{}
	f.Visit(func(x *flag.Flag) { given[x.Name] = true })
	if b.quick && !given["sizes"] {
		*sizes = "1000,5000"
	}
	for _, s := range strings.Split(*sizes, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < sampleShops+100 {
			return fmt.Errorf("--sizes: %q is no number of at least %d", s, sampleShops+100)
		}
		b.report.Sizes = append(b.report.Sizes, n)
	}
	slices.Sort(b.report.Sizes)
	var err error
	if b.dir = *keep; b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "shangquan-bench"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(b.dir) }()
	} else if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	if b.profiles != "" {
		if err := os.MkdirAll(b.profiles, 0o755); err != nil {
			return err
		}
	}
	loadBefore := loadAverage()
	began := time.Now()
	if err := b.all(); err != nil {
		return err
	}
	b.report.Machine = fmt.Sprintf("%s, %d cores, load average %s before and %s after, %s. Rates are medians of rounds in which every server was asked in turn.",
		runtime.Version(), runtime.NumCPU(), loadBefore, loadAverage(), time.Since(began).Round(time.Second))
	if *asJSON {
		return b.report.json(os.Stdout)
	}
	return b.report.markdown(os.Stdout)
}

// loadAverage is how busy the machine was during the last minute, to judge the figures by.
func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(raw))[0]
}

// serveProfiled is the server with profiles: the same program, started by the benchmark.
func serveProfiled(name string) error {
	out, err := os.Create(name + ".cpu")
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	code := cli.Run(os.Getenv, os.Stdin, os.Stdout, os.Stderr, []string{"serve"})
	pprof.StopCPUProfile()
	heap, err := os.Create(name + ".heap")
	if err != nil {
		return err
	}
	if err := pprof.WriteHeapProfile(heap); err != nil {
		return err
	}
	if code != 0 {
		return fmt.Errorf("serve ended with %d", code)
	}
	return out.Close()
}
