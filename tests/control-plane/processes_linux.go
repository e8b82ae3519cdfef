package main

import (
	"fmt"
	"net"
	"syscall"
)

// childAttributes put a child into a process group of its own, so that a Ctrl-C at the terminal reaches only `up`,
// and have the kernel kill it when the thread that started it ends.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// reservations are held until the process ends.
var reservations []net.Listener

// reserve claims a port among all control planes on this machine; false when another has it. The claim is a socket
// without a file, which ends with the process.
func reserve(port int) bool {
	listener, err := net.Listen("unix", fmt.Sprintf("@control-plane.kubectl-sts.io/port/%d", port))
	if err == nil {
		reservations = append(reservations, listener)
	}
	return err == nil
}
