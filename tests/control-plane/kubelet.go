package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/creack/pty"
	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"

	"kubectl-sts.io/control-plane/csidriver"
)

// kubelet is the part of every node the API server talks to: exec, port-forward and logs. A command runs on this machine, in a
// directory that stands for the root of the container, with the volumes of the pod where they are mounted.
type kubelet struct {
	client  kubernetes.Interface
	root    string
	csiRoot string
	spawner *spawner
}

type kubeletOptions struct{ address, kubeconfig, clientCA, certificate, key, root, csiRoot string }

func runKubelet() int {
	o := &kubeletOptions{}
	command := &cobra.Command{
		Use:           "control-plane kubelet",
		Short:         "Answer exec, port-forward and logs for the pods of every node",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(*cobra.Command, []string) error { return o.serve() },
	}
	flags := command.Flags()
	flags.StringVar(&o.address, "address", "", "where to listen")
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "how to reach the API server")
	flags.StringVar(&o.clientCA, "client-ca", "", "who may connect: those with a certificate of this CA")
	flags.StringVar(&o.certificate, "certificate", "", "certificate of the server")
	flags.StringVar(&o.key, "key", "", "key of the server")
	flags.StringVar(&o.root, "root", "", "directory for the files of containers")
	flags.StringVar(&o.csiRoot, "csi-root", "", "directory of the CSI driver")
	return execute(context.Background(), command)
}

// serve answers until the process ends. It runs any command it is asked to, so it asks every client for a certificate.
func (o *kubeletOptions) serve() error {
	client, err := newClient(o.kubeconfig)
	if err != nil {
		return err
	}
	spawner, err := newSpawner()
	if err != nil {
		return err
	}
	ca, err := os.ReadFile(o.clientCA)
	if err != nil {
		return err
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(ca)
	k := &kubelet{client: client, root: o.root, csiRoot: o.csiRoot, spawner: spawner}
	routes := http.NewServeMux()
	routes.HandleFunc("/exec/{namespace}/{pod}/{container}", k.exec)
	routes.HandleFunc("/portForward/{namespace}/{pod}", k.portForward)
	routes.HandleFunc("/containerLogs/{namespace}/{pod}/{container}", k.logs)
	routes.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	server := &http.Server{
		Addr:              o.address,
		Handler:           routes,
		ReadHeaderTimeout: 10 * time.Second,
		TLSConfig:         &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients},
		// A protocol upgrade needs HTTP/1.1.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	return server.ListenAndServeTLS(o.certificate, o.key)
}

// exec runs a command in a container.
func (k *kubelet) exec(w http.ResponseWriter, r *http.Request) {
	streams, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(w, r, k, r.PathValue("namespace")+"/"+r.PathValue("pod"), "", r.PathValue("container"),
		r.URL.Query()["command"], streams, time.Hour, 30*time.Second, remotecommand.SupportedStreamingProtocols)
}

// ExecInContainer implements remotecommand.Executor. The name is namespace/pod.
func (k *kubelet) ExecInContainer(
	ctx context.Context, name, _, containerName string, arguments []string,
	in io.Reader, out, errOut io.WriteCloser, terminal bool, resize <-chan remotecommand.TerminalSize, _ time.Duration,
) error {
	namespace, podName, _ := strings.Cut(name, "/")
	pod, err := k.client.CoreV1().Pods(namespace).Get(ctx, podName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	container, status := find(pod, containerName)
	if container == nil || status == nil || status.State.Running == nil {
		return fmt.Errorf("container %q of pod %s is not running", containerName, name)
	}
	directory, err := k.containerDirectory(ctx, pod, container)
	if err != nil {
		return err
	}
	command := exec.Command(arguments[0], arguments[1:]...)
	command.Dir = directory
	command.Env = containerEnvironment(pod, container, directory)
	if terminal {
		return k.runInTerminal(ctx, command, in, out, resize)
	}
	return k.run(ctx, command, in, out, errOut)
}

// run runs the command on the streams until it ends or the client is gone.
func (k *kubelet) run(ctx context.Context, command *exec.Cmd, in io.Reader, out, errOut io.Writer) error {
	command.Stdout, command.Stderr = out, errOut
	if in != nil {
		// Not command.Stdin: Wait would wait for the client to close its end, long after the command has ended.
		pipe, err := command.StdinPipe()
		if err != nil {
			return err
		}
		go func() {
			_, _ = io.Copy(pipe, in)
			_ = pipe.Close()
		}()
	}
	if err := k.spawner.fork(command); err != nil {
		return exitError(err)
	}
	return k.wait(ctx, command)
}

// runInTerminal runs the command in a terminal of its own.
func (k *kubelet) runInTerminal(ctx context.Context, command *exec.Cmd, in io.Reader, out io.Writer, resize <-chan remotecommand.TerminalSize) error {
	terminal, err := pty.StartWithAttrs(command, nil, &syscall.SysProcAttr{Setsid: true, Setctty: true})
	if err != nil {
		return exitError(err)
	}
	defer func() { _ = terminal.Close() }()
	go func() {
		for size := range resize {
			_ = pty.Setsize(terminal, &pty.Winsize{Rows: size.Height, Cols: size.Width})
		}
	}()
	if in != nil {
		go func() { _, _ = io.Copy(terminal, in) }()
	}
	shown := make(chan struct{})
	go func() {
		_, _ = io.Copy(out, terminal)
		close(shown)
	}()
	err = k.wait(ctx, command)
	<-shown
	return err
}

// wait waits for the end of the command; when the client goes first, so do the command and everything it started.
func (k *kubelet) wait(ctx context.Context, command *exec.Cmd) error {
	unneeded := context.AfterFunc(ctx, func() { _ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) })
	defer unneeded()
	return exitError(command.Wait())
}

// exitError turns the end of a command into what the streaming server reports as an exit code.
func exitError(err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit) && exit.Exited():
		return utilexec.CodeExitError{Err: err, Code: exit.ExitCode()}
	case errors.As(err, &exit):
		return utilexec.CodeExitError{Err: err, Code: 128 + int(exit.Sys().(syscall.WaitStatus).Signal())}
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("OCI runtime exec failed: exec failed: unable to start container process: %w", err)
	default:
		return err
	}
}

// find is the container of that name and its status.
func find(pod *corev1.Pod, name string) (*corev1.Container, *corev1.ContainerStatus) {
	var container *corev1.Container
	var status *corev1.ContainerStatus
	containers := append(append([]corev1.Container{}, pod.Spec.Containers...), pod.Spec.InitContainers...)
	for index := range containers {
		if containers[index].Name == name {
			container = &containers[index]
		}
	}
	statuses := append(append([]corev1.ContainerStatus{}, pod.Status.ContainerStatuses...), pod.Status.InitContainerStatuses...)
	for index := range statuses {
		if statuses[index].Name == name {
			status = &statuses[index]
		}
	}
	return container, status
}

// containerEnvironment is what a command sees: who it is, and the literal variables of the container, nothing of ours.
func containerEnvironment(pod *corev1.Pod, container *corev1.Container, directory string) []string {
	environment := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + directory, "HOSTNAME=" + pod.Name,
		"POD_NAME=" + pod.Name, "POD_NAMESPACE=" + pod.Namespace, "POD_UID=" + string(pod.UID),
		"NODE_NAME=" + pod.Spec.NodeName, "CONTAINER=" + container.Name, "IMAGE=" + container.Image,
	}
	for _, variable := range container.Env {
		if variable.ValueFrom == nil {
			environment = append(environment, variable.Name+"="+variable.Value)
		}
	}
	return environment
}

// containerDirectory makes the directory a command runs in. A volume mounted at /data is `data` in it: a claim leads
// to the directory of its volume, so what a command writes there survives the pod; any other kind is empty and ends
// with it.
func (k *kubelet) containerDirectory(ctx context.Context, pod *corev1.Pod, container *corev1.Container) (string, error) {
	directory := filepath.Join(k.root, string(pod.UID), container.Name)
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return "", err
	}
	for _, mount := range container.VolumeMounts {
		source, err := k.volumeDirectory(ctx, pod, mount.Name)
		if err != nil {
			return "", err
		}
		target := filepath.Join(directory, filepath.Clean("/"+mount.MountPath))
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return "", err
		}
		if err := os.Symlink(source, target); err != nil && !errors.Is(err, os.ErrExist) {
			return "", err
		}
	}
	return directory, nil
}

// volumeDirectory is the directory behind a volume of the pod.
func (k *kubelet) volumeDirectory(ctx context.Context, pod *corev1.Pod, name string) (string, error) {
	for _, volume := range pod.Spec.Volumes {
		if volume.Name != name || volume.PersistentVolumeClaim == nil {
			continue
		}
		claim, err := k.client.CoreV1().PersistentVolumeClaims(pod.Namespace).Get(ctx, volume.PersistentVolumeClaim.ClaimName, metav1.GetOptions{})
		if err != nil {
			return "", err
		}
		persistent, err := k.client.CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, metav1.GetOptions{})
		if err != nil {
			return "", err
		}
		if persistent.Spec.HostPath != nil {
			return persistent.Spec.HostPath.Path, nil
		}
		if source := persistent.Spec.CSI; source != nil && source.Driver == csidriver.Name {
			return csidriver.VolumeDirectory(k.csiRoot, source.VolumeHandle), nil
		}
	}
	directory := filepath.Join(k.root, string(pod.UID), "volumes", name)
	return directory, os.MkdirAll(directory, 0o700)
}

// logs answers with the few lines a container of that shape would have written.
func (k *kubelet) logs(w http.ResponseWriter, r *http.Request) {
	namespace, podName, containerName := r.PathValue("namespace"), r.PathValue("pod"), r.PathValue("container")
	pod, err := k.client.CoreV1().Pods(namespace).Get(r.Context(), podName, metav1.GetOptions{})
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	container, status := find(pod, containerName)
	query := r.URL.Query()
	text, err := logLines(pod, container, status, query.Get("previous") == "true")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if wanted, err := strconv.Atoi(query.Get("tailLines")); err == nil {
		text = text[max(0, len(text)-wanted):]
	}
	for _, line := range text {
		_, _ = io.WriteString(w, line+"\n")
	}
	if query.Get("follow") == "true" {
		_ = http.NewResponseController(w).Flush()
		k.waitGone(r.Context(), pod)
	}
}

// logLines are what the container, or the one that ran before it, has written.
func logLines(pod *corev1.Pod, container *corev1.Container, status *corev1.ContainerStatus, previous bool) ([]string, error) {
	if container == nil || status == nil {
		return nil, fmt.Errorf("container is not valid for pod %s", pod.Name)
	}
	died := status.LastTerminationState.Terminated
	if previous && died == nil {
		return nil, fmt.Errorf("previous terminated container %q in pod %q not found", container.Name, pod.Name)
	}
	if waiting := status.State.Waiting; waiting != nil && died == nil {
		return nil, fmt.Errorf("container %q in pod %q is waiting to start: %s", container.Name, pod.Name, waiting.Reason)
	}
	lines := []string{
		fmt.Sprintf("level=info msg=starting pod=%s container=%s image=%s restart=%d", pod.Name, container.Name, container.Image, status.RestartCount),
	}
	if previous || status.State.Waiting != nil {
		return append(lines, fmt.Sprintf("level=fatal msg=%q exit=%d", "cannot open the data directory: unknown format", died.ExitCode)), nil
	}
	return append(lines, "level=info msg=serving"), nil
}

// waitGone returns when the pod is deleted or the client is gone.
func (k *kubelet) waitGone(ctx context.Context, pod *corev1.Pod) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(500 * time.Millisecond):
		}
		now, err := k.client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{})
		if err == nil && now.UID == pod.UID {
			continue
		}
		return
	}
}
