//go:build linux || darwin || freebsd

package media

import "syscall"

// free returns how many bytes may still be written to the file system of dir.
func free(dir string) (uint64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true
}
