package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"time"
)

// answer is the one line `up` prints when it has done what a line on its standard input said.
type answer struct {
	OK        bool   `json:"ok"`
	Command   string `json:"command"`
	Component string `json:"component,omitempty"`
	PID       int    `json:"pid,omitempty"`
	Error     string `json:"error,omitempty"`
}

// readCommands delivers the lines of the input. The context ends when the input does.
func readCommands(input io.Reader) (<-chan string, context.Context) {
	commands := make(chan string, 100) // so that the end is seen while a command is under way
	ended, end := context.WithCancel(context.Background())
	go func() {
		defer end()
		for lines := bufio.NewScanner(input); lines.Scan(); {
			if line := strings.TrimSpace(lines.Text()); line != "" {
				commands <- line
			}
		}
	}()
	return commands, ended
}

// obey does what one line says and returns the answer.
func (s *supervisor) obey(ctx context.Context, line string) string {
	verb, component, _ := strings.Cut(line, " ")
	reply := answer{Command: verb, Component: component}
	if err := s.perform(ctx, verb, component); err != nil {
		reply.Error = err.Error()
	} else {
		reply.OK = true
	}
	reply.PID = s.pids()[component]
	text, err := json.Marshal(reply)
	if err != nil {
		return fmt.Sprintf(`{"ok":false,"error":%q}`, err)
	}
	return string(text)
}

// perform runs one command. A component that was started or continued is healthy again when it returns.
func (s *supervisor) perform(ctx context.Context, verb, component string) error {
	if verb == "fault" {
		return s.fault(ctx, component)
	}
	if known := s.options.components(); !slices.Contains(known, component) {
		return fmt.Errorf("%q is none of %s", component, strings.Join(known, ", "))
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	switch verb {
	case "kill":
		return s.down(component, syscall.SIGKILL, time.Second)
	case "stop":
		return s.signal(component, syscall.SIGSTOP)
	case "cont":
		if err := s.signal(component, syscall.SIGCONT); err != nil {
			return err
		}
		return s.layout.waitHealthy(ctx, component)
	case "restart":
		if s.running(component) != nil {
			if err := s.down(component, syscall.SIGTERM, 500*time.Millisecond); err != nil {
				return err
			}
		}
		return s.startHealthy(ctx, component)
	case "start":
		return s.startHealthy(ctx, component)
	default:
		return fmt.Errorf("%q is none of restart, kill, start, stop, cont, fault", verb)
	}
}

// down ends a component. The sidecars of the driver end when they lose it, so they go with it and come back with it.
func (s *supervisor) down(component string, signal syscall.Signal, patience time.Duration) (err error) {
	if component == "csi-driver" && s.running(component) != nil {
		if s.bereft, err = s.endSidecars(driverSidecars); err != nil {
			return err
		}
	}
	return s.end(component, signal, patience)
}

// startHealthy starts a component and waits until it is healthy. After the API server others have to start anew as
// well: the scheduler and the sidecars, which may sit idle for minutes on watches that broke, and kwok, which forgets a
// pod whose update failed on a broken connection.
func (s *supervisor) startHealthy(ctx context.Context, component string) error {
	if component == "kwok" {
		return s.startKwok(ctx)
	}
	if err := s.start(component); err != nil {
		return err
	}
	if err := s.layout.waitHealthy(ctx, component); err != nil {
		return err
	}
	switch component {
	case "csi-driver":
		return s.startHealthyAll(ctx, s.bereft)
	case "kube-apiserver":
		return s.startFollowers(ctx)
	default:
		return nil
	}
}

// startFollowers starts anew what has to after the API server, as far as it runs.
func (s *supervisor) startFollowers(ctx context.Context) error {
	ended, err := s.endSidecars(sidecarNames)
	if err != nil {
		return err
	}
	if err := s.startHealthyAll(ctx, ended); err != nil {
		return err
	}
	if s.running("kube-scheduler") != nil {
		if err := s.end("kube-scheduler", syscall.SIGKILL, time.Second); err != nil {
			return err
		}
		if err := s.startHealthy(ctx, "kube-scheduler"); err != nil {
			return err
		}
	}
	if s.running("kwok") == nil {
		return nil
	}
	if err := s.end("kwok", syscall.SIGKILL, time.Second); err != nil {
		return err
	}
	return s.startKwok(ctx)
}

// startKwok starts kwok again and waits until it looks after the nodes. It would leave them alone for as long as the
// leases of the kwok before it last, so those go first.
func (s *supervisor) startKwok(ctx context.Context) error {
	client, err := newClient(s.layout.file("admin.kubeconfig"))
	if err != nil {
		return err
	}
	if err := releaseNodes(ctx, client); err != nil {
		return err
	}
	if err := s.start("kwok"); err != nil {
		return err
	}
	if err := s.layout.waitHealthy(ctx, "kwok"); err != nil {
		return err
	}
	return waitLeased(ctx, client)
}
