// Command shangquan is the directory and merchant portal of one business district: one binary with the front end inside.
package main

import (
	"os"

	"shangquan/server/cli"
)

func main() {
	os.Exit(cli.Run(os.Getenv, os.Stdin, os.Stdout, os.Stderr, os.Args[1:]))
}
