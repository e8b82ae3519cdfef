package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"

	"kubectl-sts.io/control-plane/csidriver"
)

// csiNames are the components of `up --csi` in the order they start in: the driver, and the upstream sidecars, which
// are programs of their own beside this one.
var csiNames = append([]string{"csi-driver"}, sidecarNames...)

var (
	driverSidecars = []string{"csi-provisioner", "csi-resizer", "csi-snapshotter"}
	sidecarNames   = append([]string{"snapshot-controller"}, driverSidecars...)
)

// csiManifests are the definitions of snapshots, copied from github.com/kubernetes-csi/external-snapshotter/client, and
// the classes of the driver.
//
//go:embed csi/*.yaml
var csiManifests embed.FS

func runCSIDriver() int {
	var socket, address, root string
	command := &cobra.Command{
		Use:           "control-plane csi-driver",
		Short:         "Be a CSI driver whose volumes are directories",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(*cobra.Command, []string) error { return csidriver.Serve(socket, address, root) },
	}
	flags := command.Flags()
	flags.StringVar(&socket, "socket", "", "where sidecars connect")
	flags.StringVar(&address, "address", "", "where to answer whether it is healthy, and to take faults")
	flags.StringVar(&root, "root", "", "directory for volumes and snapshots")
	return execute(context.Background(), command)
}

// csiArguments are the flags of the driver or a sidecar. Sidecars try again soon, so that a test that mends something
// need not wait long.
func (l *layout) csiArguments(component string) []string {
	if component == "csi-driver" {
		return []string{"--socket=" + l.file("csi.sock"), "--address=" + l.address(component), "--root=" + l.file("csi")}
	}
	arguments := []string{
		"--kubeconfig=" + l.file("csi.kubeconfig"),
		"--leader-election=false",
		"--http-endpoint=" + l.address(component),
		"--kube-api-qps=500", "--kube-api-burst=1000",
		"--retry-interval-start=100ms", "--retry-interval-max=2s",
	}
	if component != "snapshot-controller" {
		arguments = append(arguments, "--csi-address="+l.file("csi.sock"))
	}
	switch component {
	case "csi-provisioner":
		arguments = append(arguments, "--extra-create-metadata")
	case "csi-snapshotter", "snapshot-controller":
		// Its definitions are not installed, and they would wait for them.
		arguments = append(arguments, "--feature-gates=CSIVolumeGroupSnapshot=false")
	}
	return arguments
}

// checkSidecars says how to get the sidecars when they are not there.
func (s *supervisor) checkSidecars() error {
	for _, name := range sidecarNames {
		if _, err := os.Stat(s.program(name)); err != nil {
			return fmt.Errorf("%w; tests/control-plane/build.sh builds it", err)
		}
	}
	return nil
}

// startCSI starts the driver and then, once it listens and snapshots are defined, its sidecars.
func (s *supervisor) startCSI(ctx context.Context) error {
	if err := s.start("csi-driver"); err != nil {
		return err
	}
	if err := installCSI(ctx, s.layout); err != nil {
		return err
	}
	return s.startHealthyAll(ctx, append([]string{"csi-driver"}, sidecarNames...))
}

// startHealthyAll starts those of the components that do not run, all at once, and waits until all are healthy.
func (s *supervisor) startHealthyAll(ctx context.Context, components []string) error {
	for _, component := range components {
		if s.running(component) == nil {
			if err := s.start(component); err != nil {
				return err
			}
		}
	}
	for _, component := range components {
		if err := s.layout.waitHealthy(ctx, component); err != nil {
			return err
		}
	}
	return nil
}

// endSidecars ends the running ones of these components and returns which they were.
func (s *supervisor) endSidecars(components []string) ([]string, error) {
	var ended []string
	for _, component := range components {
		if s.running(component) == nil {
			continue
		}
		if err := s.end(component, syscall.SIGKILL, time.Second); err != nil {
			return nil, err
		}
		ended = append(ended, component)
	}
	return ended, nil
}

// installCSI creates what a cluster has for the driver: the definitions of snapshots, and the classes.
func installCSI(ctx context.Context, l *layout) error {
	config, err := clientConfig(l.file("admin.kubeconfig"))
	if err != nil {
		return err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	definitions, err := fs.Glob(csiManifests, "csi/snapshot.storage.k8s.io_*.yaml")
	if err != nil {
		return err
	}
	for _, file := range append(definitions, "csi/classes.yaml") {
		objects, err := manifest(file)
		if err != nil {
			return err
		}
		for _, object := range objects {
			if err := createServed(ctx, client, object); err != nil {
				return fmt.Errorf("create %s %s: %w", object.GetKind(), object.GetName(), err)
			}
		}
	}
	return nil
}

// manifest reads the objects of a file.
func manifest(file string) ([]*unstructured.Unstructured, error) {
	text, err := csiManifests.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(object); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		objects = append(objects, object)
	}
}

// createServed creates an object as soon as its kind is served, which is a moment after its definition is there.
func createServed(ctx context.Context, client dynamic.Interface, object *unstructured.Unstructured) error {
	resource, _ := meta.UnsafeGuessKindToResource(object.GroupVersionKind())
	for {
		_, err := client.Resource(resource).Create(ctx, object, metav1.CreateOptions{})
		switch {
		case err == nil || apierrors.IsAlreadyExists(err):
			return nil
		case !apierrors.IsNotFound(err):
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", context.Cause(ctx), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// fault tells the driver what shall go wrong.
func (s *supervisor) fault(ctx context.Context, line string) error {
	if !s.options.csi {
		return errors.New("there is no CSI driver without --csi")
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	url := s.layout.url("http", "csi-driver") + "/fault"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(line))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(text)))
	}
	return err
}

// program is the executable of a component: this one, or the sidecar beside it.
func (s *supervisor) program(component string) string {
	if slices.Contains(sidecarNames, component) {
		return filepath.Join(filepath.Dir(s.executable), component)
	}
	return s.executable
}
