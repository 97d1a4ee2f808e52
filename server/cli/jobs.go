package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/job"
)

// jobsCommand lists what the servers do by themselves and how it went. It fails when something went wrong or was missed, so that a
// watch on the machine can use it.
func (p program) jobsCommand(ctx context.Context, o *options) error {
	return p.withStore(ctx, o, func(_ config.Config, d *district) error {
		list, err := d.people.ledger.List(ctx, access.System("command line"))
		if err != nil {
			return err
		}
		if o.json {
			err = p.writeJSON(list)
		} else {
			err = p.writeJobs(list)
		}
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.State == job.Bad || x.State == job.Missed {
				return errReported
			}
		}
		return nil
	})
}

func (p program) writeJobs(list []job.Status) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(p.Out, "no job was done yet; a server that serves begins with them")
		return err
	}
	w := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "JOB\tSTATE\tLAST\tTOOK\tDEALT WITH\tPROBLEM\tNEXT\tSERVER")
	at := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.Format(time.RFC3339)
	}
	for _, x := range list {
		count := fmt.Sprint(x.Count)
		if x.Count < 0 {
			count = "-"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%d ms\t%s\t%s\t%s\t%s\n", x.Name, x.State, at(x.EndedAt), x.TookMS, count, x.Problem, at(x.NextAt), x.Server)
	}
	return w.Flush()
}
