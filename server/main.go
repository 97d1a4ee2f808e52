// Command shangquan is the directory and merchant portal of one business district: one binary with the front end inside.
package main

import (
	"os"

	"shangquan/server/cli"
)

func main() {
	os.Exit(cli.Program{Getenv: os.Getenv, In: os.Stdin, Out: os.Stdout, Err: os.Stderr}.Run(os.Args[1:]))
}
