//go:build !(linux || darwin || freebsd)

package disk

// Free does not know: there the operator watches the disk.
func Free(string) (uint64, bool) { return 0, false }
