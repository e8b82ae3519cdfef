package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"
)

// supervisor runs the components as child processes of this one.
type supervisor struct {
	layout     *layout
	options    *options
	executable string
	spawner    *spawner
	starting   context.CancelCauseFunc // gives up the start when a component dies

	mutex    sync.Mutex
	children map[string]*child
	bereft   []string // the sidecars that went with the driver
}

// child is one running component.
type child struct {
	process *os.Process
	ended   chan struct{} // closed once it is gone
	wanted  bool          // somebody asked for its end
}

func newSupervisor(l *layout, o *options, starting context.CancelCauseFunc) (*supervisor, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	spawner, err := newSpawner()
	if err != nil {
		return nil, err
	}
	return &supervisor{
		layout: l, options: o, executable: executable, spawner: spawner, starting: starting, children: map[string]*child{},
	}, nil
}

// log is the file a component writes to.
func (s *supervisor) log(component string) string { return s.layout.file(component + ".log") }

// running is the live child of that name, or nil.
func (s *supervisor) running(component string) *child {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.children[component]
}

// pids are those of the live components, by name.
func (s *supervisor) pids() map[string]int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	pids := map[string]int{}
	for name, child := range s.children {
		pids[name] = child.process.Pid
	}
	return pids
}

// start starts a component that does not run. It does not wait until the component is healthy.
func (s *supervisor) start(component string) error {
	if s.running(component) != nil {
		return fmt.Errorf("%s runs already", component)
	}
	log, err := os.OpenFile(s.log(component), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	arguments := s.layout.arguments(component, s.options)
	if !slices.Contains(sidecarNames, component) {
		arguments = append([]string{component}, arguments...)
	}
	command := exec.Command(s.program(component), arguments...)
	command.Stdout, command.Stderr = log, log
	command.Env = environment(s.layout.directory)
	if err := s.spawner.start(command); err != nil {
		return fmt.Errorf("start %s: %w", component, err)
	}
	c := &child{process: command.Process, ended: make(chan struct{})}
	s.mutex.Lock()
	s.children[component] = c
	s.mutex.Unlock()
	go s.wait(component, c, command)
	return nil
}

// wait waits for the end of a child and says so when nobody asked for it.
func (s *supervisor) wait(component string, c *child, command *exec.Cmd) {
	_ = command.Wait()
	s.mutex.Lock()
	delete(s.children, component)
	wanted := c.wanted
	s.mutex.Unlock()
	close(c.ended)
	if !wanted {
		err := fmt.Errorf("%s died (%s)", component, command.ProcessState)
		fmt.Fprintf(os.Stderr, "control-plane: %v; the end of %s:\n%s", err, s.log(component), tail(s.log(component)))
		s.starting(err)
	}
}

// signal sends a signal to a running component.
func (s *supervisor) signal(component string, signal syscall.Signal) error {
	c := s.running(component)
	if c == nil {
		return fmt.Errorf("%s does not run", component)
	}
	return c.process.Signal(signal)
}

// end ends a component with the signal, and with SIGKILL when it takes longer than the patience. It returns once the
// component is gone.
func (s *supervisor) end(component string, signal syscall.Signal, patience time.Duration) error {
	c := s.running(component)
	if c == nil {
		return fmt.Errorf("%s does not run", component)
	}
	s.mutex.Lock()
	c.wanted = true
	s.mutex.Unlock()
	_ = c.process.Signal(signal)
	_ = c.process.Signal(syscall.SIGCONT) // one that is stopped would not notice
	select {
	case <-c.ended:
	case <-time.After(patience):
		_ = c.process.Kill()
		<-c.ended
	}
	return nil
}

// endAll ends every component in the reverse order of the start.
func (s *supervisor) endAll() {
	for _, component := range slices.Backward(s.options.components()) {
		if s.running(component) != nil {
			// A stopping API server waits for its clients to hang up, which some never do.
			_ = s.end(component, syscall.SIGTERM, 500*time.Millisecond)
		}
	}
}

// environment is what the components see of ours: nothing that could lead them to another cluster or proxy.
func environment(home string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + os.TempDir()}
}

// tail is the end of a log file.
func tail(path string) []byte {
	text, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error() + "\n")
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-15):], nil)
}
