package main

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
)

// leashVariable names the file descriptor of a pipe whose other end only the parent holds. It reads end-of-file once
// the parent is gone, however it went.
const leashVariable = "CONTROL_PLANE_LEASH"

// followParent ends this process when the one that started it with a leash has ended. A process without one is free.
func followParent() {
	descriptor, err := strconv.Atoi(os.Getenv(leashVariable))
	if err != nil {
		return
	}
	_ = os.Unsetenv(leashVariable)
	leash := os.NewFile(uintptr(descriptor), "leash")
	go func() {
		_, _ = leash.Read(make([]byte, 1))
		os.Exit(1)
	}()
}

// spawner starts processes that must not outlive this one. Two things see to that: the leash, which works on every
// system, and where there is one the death signal, which also reaches a child that is stopped and so cannot read. The
// kernel sends that signal when the *thread* that forked ends; therefore one locked thread does all the forking.
type spawner struct {
	leash    *os.File
	requests chan func()
}

func newSpawner() (*spawner, error) {
	leash, held, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	s := &spawner{leash: leash, requests: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for request := range s.requests {
			request()
		}
		runtime.KeepAlive(held)
	}()
	return s, nil
}

// start starts another program of this binary, which ends with this process.
func (s *spawner) start(command *exec.Cmd) error {
	command.ExtraFiles = []*os.File{s.leash}
	if command.Env == nil {
		command.Env = os.Environ()
	}
	command.Env = append(command.Env, leashVariable+"=3")
	return s.fork(command)
}

// fork starts any program. Without a leash it ends with this process only where there is a death signal.
func (s *spawner) fork(command *exec.Cmd) error {
	command.SysProcAttr = childAttributes()
	result := make(chan error)
	s.requests <- func() { result <- command.Start() }
	return <-result
}
