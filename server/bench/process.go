package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
)

// process is a server under measurement.
type process struct {
	cmd   *exec.Cmd
	addr  string
	first time.Duration // from its start to its first answer
	spent time.Duration // of the processors, until then
	log   *os.File
	conns []net.Conn
	used  time.Time // when conns were used last
}

// ports is where servers may listen.
type ports struct{ next int }

const firstPort, lastPort = 18100, 18120

// free returns the next port nobody listens on.
func (p *ports) free(ctx context.Context) (string, error) {
	var listen net.ListenConfig
	for range lastPort - firstPort + 1 {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(firstPort+p.next%(lastPort-firstPort+1)))
		p.next++
		if ln, err := listen.Listen(ctx, "tcp", addr); err == nil {
			return addr, ln.Close()
		}
	}
	return "", fmt.Errorf("every port from %d to %d is in use", firstPort, lastPort)
}

// start runs a program that listens on addr and waits for its first answer to path.
func start(ctx context.Context, dir, addr, path string, env []string, name string, args ...string) (*process, error) {
	log, err := os.Create(filepath.Join(dir, "server-"+addr[strings.LastIndexByte(addr, ':')+1:]+".log"))
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.CommandContext(ctx, name, args...), addr: addr, log: log}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = append(os.Environ(), env...), log, log
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	for {
		if _, _, err = ask(addr, get(path)); err == nil {
			break
		}
		if !errors.Is(err, syscall.ECONNREFUSED) || time.Since(began) > 5*time.Minute {
			said, _ := os.ReadFile(log.Name())
			p.stop()
			return nil, fmt.Errorf("%s does not answer: %w\n%s", name, err, said)
		}
		if p.gone() {
			said, _ := os.ReadFile(log.Name())
			p.stop()
			return nil, fmt.Errorf("%s ended:\n%s", name, said)
		}
		time.Sleep(time.Millisecond)
	}
	p.first = time.Since(began)
	if p.spent, err = p.cpu(); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// gone reports whether the process has ended without having been waited for.
func (p *process) gone() bool {
	stat, err := p.stat()
	return err != nil || stat[0] == "Z"
}

// stop ends the process in order and waits for it.
func (p *process) stop() {
	p.disconnect()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
	_ = p.log.Close()
}

// stat are the fields of /proc/PID/stat after the name of the program, which may hold anything.
func (p *process) stat() ([]string, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return nil, err
	}
	return strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:])), nil
}

// tick is the unit of times in /proc on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// cpu is the processor time the process has used. It counts in ticks, so a measurement has to take many of them.
func (p *process) cpu() (time.Duration, error) {
	stat, err := p.stat()
	if err != nil {
		return 0, err
	}
	user, err1 := strconv.Atoi(stat[11])
	system, err2 := strconv.Atoi(stat[12])
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}

// resident is the memory the process holds, and the most it ever held, in MB.
func (p *process) resident() (now, peak float64, err error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(raw)) {
		for name, to := range map[string]*float64{"VmRSS:": &now, "VmHWM:": &peak} {
			if rest, ok := strings.CutPrefix(line, name); ok {
				kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
				if err != nil {
					return 0, 0, err
				}
				*to = kb / 1024
			}
		}
	}
	return now, peak, nil
}

// hello is what every rate is measured against: Fiber, one route, five bytes.
func hello(addr string) error {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString("hello") })
	return app.Listen(addr)
}
