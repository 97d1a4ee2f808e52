package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"shangquan/server/config"
)

// An SQLite file belongs to one process. So that an operator need not stop the server to freeze it, the server listens on a socket
// beside the file, which only its own user may open, and runs the commands that are sent there.

// controlPath is the socket of the server on this store; empty for a store that several processes may open.
func controlPath(c config.Config) string {
	path, ok := strings.CutPrefix(c.Store.Reveal(), "file:")
	if !ok {
		return ""
	}
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "//"), "?")
	return path + ".sock"
}

// order is a command for the server, told what it said.
type (
	order struct {
		Args []string `json:"args"`
	}
	told struct {
		Out  string `json:"out"`
		Err  string `json:"err"`
		Code int    `json:"code"`
	}
)

// listenControl opens the socket: nil where there is none. A socket that a killed server left behind is taken over: the lock of the
// store says that nobody else listens.
func listenControl(ctx context.Context, c config.Config) (net.Listener, error) {
	path := controlPath(c)
	if path == "" {
		return nil, nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var listen net.ListenConfig
	ln, err := listen.Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	return ln, os.Chmod(path, 0o600)
}

// controlled runs the commands that come over the socket on d.
func (p program) controlled(c config.Config, d *district) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in order
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(controlTime)) // a backup takes longer than other private answers
		var out, errs bytes.Buffer
		run := program{Getenv: p.Getenv, In: strings.NewReader(""), Out: &out, Err: &errs, live: &live{c, d}}
		code := run.run(r.Context(), in.Args)
		_ = json.NewEncoder(w).Encode(told{out.String(), errs.String(), code})
	})
}

// live is the district of a server that runs a command.
type live struct {
	config   config.Config
	district *district
}

// controlTime is how long a command may take in the server.
const controlTime = 30 * time.Minute

// forward lets a server that has the store run the command; false when none listens.
func (p program) forward(ctx context.Context, c config.Config, o *options) (bool, error) {
	path := controlPath(c)
	if path == "" {
		return false, nil
	}
	var dial net.Dialer
	conn, err := dial.DialContext(ctx, "unix", path)
	if err != nil {
		return false, nil // nobody listens: the store is ours to open
	}
	_ = conn.Close()
	client := http.Client{Timeout: controlTime, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial.DialContext(ctx, "unix", path) },
	}}
	defer client.CloseIdleConnections()
	body, err := json.Marshal(order{o.line})
	if err != nil {
		return true, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://server/", bytes.NewReader(body))
	if err != nil {
		return true, err
	}
	res, err := client.Do(req)
	if err != nil {
		return true, fmt.Errorf("the server that has the store does not answer: %w; end it, and give the command again", err)
	}
	defer func() { _ = res.Body.Close() }()
	var said told
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil {
		return true, err
	}
	_, _ = fmt.Fprint(p.Out, said.Out)
	_, _ = fmt.Fprint(p.Err, said.Err)
	if said.Code != Done {
		return true, errReported
	}
	return true, nil
}
