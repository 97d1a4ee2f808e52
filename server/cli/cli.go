// Package cli is what an operator types: shangquan serve | import | export | freeze | check | version. It wires the services
// together and turns their errors into a sentence and an exit code.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"shangquan/server/config"
	"shangquan/services/fault"
)

// The exit codes.
const (
	Done   = 0
	Failed = 1 // the command ran and says what is wrong
	Usage  = 2 // the command line is not understood
)

// program is one run of the command.
type program struct {
	Getenv   func(string) string
	In       io.Reader
	Out, Err io.Writer

	live *live // the server that runs the command; nil: a process of its own
}

// command is one of the words after shangquan.
type command struct {
	name, args, usage string
	json              bool // has --json
	live              bool // a running server can do it, see control.go
	flags             func(*options, *flag.FlagSet)
	run               func(program, context.Context, *options) error
}

// options is the command line as read.
type options struct {
	args     []string
	json     bool
	dry      bool
	format   string
	output   string
	anchors  string
	file     string
	dump     string
	prove    bool
	parts    bool
	why      string
	to       int64
	identity string
	line     []string            // the command as it was given
	getenv   func(string) string // the environment under the flags
}

// commands lists the commands in the order of the overview.
func commands() []command {
	return []command{
		{name: "serve", usage: "answer on SHANGQUAN_ADDR until SIGTERM", run: program.serve},
		{
			name: "import", args: "FILE", json: true, usage: "read shops from a CSV or XLSX file; - is standard input", run: program.importSheet,
			flags: func(o *options, f *flag.FlagSet) {
				f.BoolVar(&o.dry, "dry-run", false, "say what would be done and change nothing")
			},
		},
		{
			name: "export", usage: "write all shops as a table", run: program.exportSheet,
			flags: func(o *options, f *flag.FlagSet) {
				f.StringVar(&o.format, "format", "csv", "csv or xlsx")
				f.StringVar(&o.output, "output", "-", "file to write; - is standard output")
			},
		},
		{name: "reindex", json: true, live: true, usage: "build the search index anew while the old one answers", run: program.reindex},
		{
			name: "freeze", live: true, usage: "make the site read-only and sign everybody out", run: program.freeze,
			flags: func(o *options, f *flag.FlagSet) {
				f.StringVar(&o.why, "why", "", "reason, for the trail")
			},
		},
		{name: "unfreeze", live: true, usage: "let the site be written to again", run: program.unfreeze},
		{name: "verify-content", json: true, live: true, usage: "say whether everything is what was written; exits 1 when something is not", run: program.verifyContent},
		{
			name: "revert", args: "listing|notice|COLLECTION CODE|ID", live: true, usage: "put back what was altered past the program, or with --to an earlier revision", run: program.revert,
			flags: func(o *options, f *flag.FlagSet) {
				f.Int64Var(&o.to, "to", 0, "revision of a listing, or version of a notice, to go back to; without it they are listed")
			},
		},
		{name: "admin", json: true, usage: "make the secret with which the first administrator registers", run: program.admin},
		{
			name: "audit", args: "verify|anchor|check", json: true, live: true, usage: "verify the trail of changes, say where it ends, to be kept elsewhere, or whether a file of it is what left", run: program.auditCommand,
			flags: func(o *options, f *flag.FlagSet) {
				f.StringVar(&o.anchors, "anchors", "", "file with the lines of earlier anchors")
				f.StringVar(&o.file, "file", "", "ZIP from the page of the trail, for check")
			},
		},
		{
			name: "backup", json: true, live: true, usage: "put a whole copy of the site, documents and pictures, into SHANGQUAN_BACKUPS, and delete old ones", run: program.backup,
			flags: func(o *options, f *flag.FlagSet) {
				f.StringVar(&o.dump, "dump", "", "with MongoDB: what mongodump --archive --oplog wrote; - is standard input")
			},
		},
		{
			name: "restore", args: "SET|latest", json: true, usage: "put a backup back in the place of the store, while no server runs; the store that was there is kept", run: program.restore,
			flags: func(o *options, f *flag.FlagSet) {
				f.StringVar(&o.identity, "identity", "", "file with the private key of age, for a set that is locked; - is standard input")
				f.StringVar(&o.dump, "dump", "", "with MongoDB: file that the dump is written to, for mongorestore; - is standard output")
				f.BoolVar(&o.prove, "prove", false, "after mongorestore: look whether everything is as it was written, and sign everybody out")
			},
		},
		{name: "jobs", json: true, live: true, usage: "list what the servers do by themselves and how it went; exits 1 when something went wrong", run: program.jobsCommand},
		{name: "check", json: true, usage: "list every unsafe setting; exits 1 when there is one", run: program.check},
		{
			name: "version", json: true, usage: "say what this program is built from", run: program.version,
			flags: func(o *options, f *flag.FlagSet) {
				f.BoolVar(&o.parts, "sbom", false, "list every module with its licence, as a bill of materials in CycloneDX's JSON")
			},
		},
	}
}

// errReported says that the command has said everything already.
var errReported = errors.New("reported")

// Run runs the command that args name and returns the exit code. A first SIGTERM or interrupt ends it in order, a second at once.
//
// It is a function of plain types, so that a main which calls it is not compiled with everything that the program is made of.
func Run(getenv func(string) string, in io.Reader, out, errs io.Writer, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	context.AfterFunc(ctx, stop) // from now on the signals have their own effect again
	return program{Getenv: getenv, In: in, Out: out, Err: errs}.run(ctx, args)
}

func (p program) run(ctx context.Context, args []string) int {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		out, code := p.Out, Done
		if len(args) == 0 {
			out, code = p.Err, Usage
		}
		overview(out)
		return code
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		_, _ = fmt.Fprintf(p.Err, "shangquan: there is no command %q\n\n", args[0])
		overview(p.Err)
		return Usage
	}
	if p.live != nil && !all[i].live {
		_, _ = fmt.Fprintf(p.Err, "shangquan %s: not while the server runs\n", args[0])
		return Usage
	}
	o, err := p.options(all[i], args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return Done
	case err != nil:
		_, _ = fmt.Fprintf(p.Err, "shangquan %s: %v\nshangquan %s --help says what there is\n", args[0], err, args[0])
		return Usage
	}
	switch err := all[i].run(p, ctx, o); {
	case err == nil:
		return Done
	case !errors.Is(err, errReported):
		_, _ = fmt.Fprintf(p.Err, "shangquan %s: %s\n", args[0], sentence(err))
	}
	return Failed
}

func overview(w io.Writer) {
	_, _ = fmt.Fprintln(w, "Usage: shangquan COMMAND [FLAGS]")
	_, _ = fmt.Fprintln(w)
	for _, c := range commands() {
		_, _ = fmt.Fprintf(w, "  %-14s %s\n", strings.TrimSpace(c.name+" "+c.args), c.usage)
	}
	_, _ = fmt.Fprintln(w, "\nshangquan COMMAND --help lists the flags and the variables they stand for.")
}

// options reads the command line. Every setting is a flag, which goes before its variable.
func (p program) options(c command, args []string) (*options, error) {
	o := &options{line: append([]string{c.name}, args...)}
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	if c.json {
		f.BoolVar(&o.json, "json", false, "answer in JSON, for programs")
	}
	if c.flags != nil {
		c.flags(o, f)
	}
	set := map[string]string{}
	if c.name != "version" {
		for _, s := range config.Settings {
			use := s.Usage
			if s.Secret {
				use = "file that holds: " + use
			}
			keep := func(v string) error { set[s.FlagEnv()] = v; return nil }
			if s.Bool {
				f.BoolFunc(s.Flag(), use+" ($"+s.FlagEnv()+")", keep)
			} else {
				f.Func(s.Flag(), use+" ($"+s.FlagEnv()+")", keep)
			}
		}
	}
	err := f.Parse(args)
	for ; err == nil && f.NArg() > 0; err = f.Parse(f.Args()[1:]) { // flags may stand behind arguments
		o.args = append(o.args, f.Arg(0))
	}
	if err != nil {
		if errors.Is(err, flag.ErrHelp) {
			_, _ = fmt.Fprintf(p.Out, "Usage: shangquan %s\n\n%s\n\n", strings.TrimSpace(c.name+" [FLAGS] "+c.args), c.usage)
			f.SetOutput(p.Out)
			f.PrintDefaults()
		}
		return nil, err
	}
	if want := len(strings.Fields(c.args)); len(o.args) != want {
		return nil, fmt.Errorf("takes %d arguments after the flags, not %d", want, len(o.args))
	}
	o.getenv = func(k string) string {
		if v, ok := set[k]; ok {
			return v
		}
		// A secret file on the command line replaces the value in the environment, too.
		if _, ok := set[k+"_FILE"]; ok {
			return ""
		}
		return p.Getenv(k)
	}
	return o, nil
}

// sentence is an error for an operator: the cause of a fault without its kind and key, which are for programs.
func sentence(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Err != nil {
		return f.Err.Error()
	}
	return err.Error()
}

func (p program) writeJSON(v any) error {
	e := json.NewEncoder(p.Out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
