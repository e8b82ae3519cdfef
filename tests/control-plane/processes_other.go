//go:build unix && !linux

package main

import "syscall"

// childAttributes put a child into a process group of its own, so that a Ctrl-C at the terminal reaches only `up`.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// reserve claims a port among all control planes on this machine, which only Linux has a way for.
func reserve(int) bool { return true }
