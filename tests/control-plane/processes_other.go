//go:build unix && !linux

package main

import "syscall"

// childAttributes put a child into a process group of its own, so that a Ctrl-C at the terminal reaches only `up`.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
