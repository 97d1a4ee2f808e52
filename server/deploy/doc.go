// Package deploy holds what compose.yaml needs beside the image: the proxy's configuration, and what the engines are given when
// they start for the first time. Its tests keep these files consistent with each other and with the server's configuration.
package deploy
