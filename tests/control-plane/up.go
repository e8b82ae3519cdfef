package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-base/version"
)

// announcement is the one line `up` prints when everything is ready.
type announcement struct {
	Kubeconfig string         `json:"kubeconfig"`
	Server     string         `json:"server"`
	StateDir   string         `json:"stateDir"`
	AuditLog   string         `json:"auditLog,omitempty"`
	Kubectl    string         `json:"kubectl"`
	Socket     string         `json:"socket"`
	Etcd       string         `json:"etcd"`
	PIDs       map[string]int `json:"pids"`
	Version    string         `json:"version"`
	StartedIn  string         `json:"startedIn"`
}

// startTimeout is how long everything may take to start on a slow machine.
const startTimeout = 2 * time.Minute

func runUp() int {
	o := &options{}
	command := &cobra.Command{
		Use:           "control-plane up",
		Short:         "Start a control plane, print one line of JSON when it is ready, and run until told to stop",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(*cobra.Command, []string) error { return up(o) },
	}
	o.register(command.Flags())
	return execute(context.Background(), command)
}

// up runs a control plane until a signal comes or, when asked for, standard input ends.
func up(o *options) error {
	began := time.Now()
	ctx, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer release()
	commands, closed := readCommands(os.Stdin)
	if o.untilStdinCloses {
		var stop context.CancelFunc
		ctx, stop = context.WithCancel(ctx)
		defer stop()
		context.AfterFunc(closed, stop)
	}
	directory, remove, err := stateDirectory(o.stateDirectory)
	if err != nil {
		return err
	}
	defer remove()
	l, err := newLayout(directory, o.components())
	if err != nil {
		return err
	}
	if err := l.prepare(o); err != nil {
		return err
	}
	starting, giveUp := context.WithCancelCause(ctx)
	s, err := newSupervisor(l, o, giveUp)
	if err != nil {
		return err
	}
	if o.csi {
		if err := s.checkSidecars(); err != nil {
			return err
		}
	}
	defer s.endAll()
	defer removeVolumes(l)
	if err := s.startAll(starting); err != nil {
		if ctx.Err() != nil {
			return nil // told to end before everything was ready
		}
		return err
	}
	if err := serveSocket(l); err != nil {
		return err
	}
	line, err := s.announce(began)
	if err != nil {
		return err
	}
	fmt.Println(line)
	for {
		select {
		case <-ctx.Done():
			return nil
		case command := <-commands:
			fmt.Println(s.obey(ctx, command))
		}
	}
}

// stateDirectory makes the directory and says how to remove it again, which is only done with a temporary one.
func stateDirectory(wanted string) (directory string, remove func(), err error) {
	if wanted == "" {
		directory, err = os.MkdirTemp("", "control-plane-")
		return directory, func() { _ = os.RemoveAll(directory) }, err
	}
	if directory, err = filepath.Abs(wanted); err != nil {
		return "", nil, err
	}
	if _, err := os.Stat(filepath.Join(directory, "etcd")); err == nil {
		return "", nil, fmt.Errorf("%s holds another control plane already; remove it or choose another directory", directory)
	}
	return directory, func() {}, os.MkdirAll(directory, 0o700)
}

// startAll starts every component and waits until pods can run.
func (s *supervisor) startAll(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, errors.New("it took too long"))
	defer cancel()
	// The API server waits for etcd by itself; all others would wait longer between their attempts than we do.
	for _, component := range []string{"etcd", "kube-apiserver"} {
		if err := s.start(component); err != nil {
			return err
		}
	}
	if err := s.layout.waitHealthy(ctx, "kube-apiserver"); err != nil {
		return err
	}
	client, err := newClient(s.layout.file("admin.kubeconfig"))
	if err != nil {
		return err
	}
	for _, component := range componentNames[2:] {
		if err := s.start(component); err != nil {
			return err
		}
	}
	if err := furnish(ctx, client, s.options.nodes); err != nil {
		return err
	}
	if s.options.csi {
		if err := s.startCSI(ctx); err != nil {
			return err
		}
	}
	if err := waitFurnished(ctx, client, s.options.nodes); err != nil {
		return err
	}
	for _, component := range componentNames[2:] {
		if err := s.layout.waitHealthy(ctx, component); err != nil {
			return err
		}
	}
	return nil
}

// announce makes the line that says everything is ready.
func (s *supervisor) announce(began time.Time) (string, error) {
	kubectl := s.layout.file("bin/kubectl")
	if err := os.MkdirAll(filepath.Dir(kubectl), 0o700); err != nil {
		return "", err
	}
	if err := os.Symlink(s.executable, kubectl); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	a := announcement{
		Kubeconfig: s.layout.file("admin.kubeconfig"),
		Server:     s.layout.server(),
		StateDir:   s.layout.directory,
		Kubectl:    kubectl,
		Socket:     s.layout.file("api.sock"),
		Etcd:       s.layout.url("http", "etcd"),
		PIDs:       s.pids(),
		Version:    version.Get().GitVersion,
		StartedIn:  time.Since(began).Round(100 * time.Millisecond).String(),
	}
	if s.options.audit {
		a.AuditLog = s.layout.file("audit.log")
	}
	line, err := json.Marshal(a)
	return string(line), err
}

// removeVolumes removes the directories behind the volumes that are left, which the controllers made under /tmp. It
// needs the API server and does without when that does not answer.
func removeVolumes(l *layout) {
	client, err := newClient(l.file("admin.kubeconfig"))
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	volumes, err := client.CoreV1().PersistentVolumes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return
	}
	for _, volume := range volumes.Items {
		if volume.Spec.HostPath != nil && filepath.Dir(volume.Spec.HostPath.Path) == "/tmp/hostpath_pv" {
			_ = os.RemoveAll(volume.Spec.HostPath.Path)
		}
	}
}
