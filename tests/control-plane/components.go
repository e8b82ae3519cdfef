package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// componentNames are the parts of every control plane in the order they start in.
var componentNames = []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kwok"}

const (
	serviceRange = "10.96.0.0/16"
	// managedLabel is on every node kwok keeps alive. Remove it and the node dies: no more heartbeats, and its pods
	// neither start nor stop any more.
	managedLabel = "control-plane.kubectl-sts.io/managed"
)

// serviceIP is the address of the `kubernetes` service.
var serviceIP = net.IPv4(10, 96, 0, 1)

// layout is where the parts of one control plane keep their files and listen.
type layout struct {
	directory string
	ports     map[string]int // by component name, and "etcd-peer"
}

// newLayout chooses a free port per component.
func newLayout(directory string, components []string) (*layout, error) {
	l := &layout{directory: directory, ports: map[string]int{}}
	for _, name := range slices.Concat([]string{"etcd-peer"}, components) {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		l.ports[name] = port
	}
	return l, nil
}

// freePort finds a port below the range systems take the ports of outgoing connections from, so that none of those
// can be in the way when a component starts a moment later, or again after it was killed.
func freePort() (int, error) {
	for range 100 {
		port := 20000 + rand.IntN(12000)
		listener, err := net.Listen("tcp", address(port))
		if err != nil {
			continue
		}
		// Seconds pass until the component listens there, and other control planes may be starting.
		if err := listener.Close(); err != nil || !reserve(port) {
			continue
		}
		return port, nil
	}
	return 0, fmt.Errorf("no free port between 20000 and 32000")
}

func address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

func (l *layout) file(name string) string { return filepath.Join(l.directory, name) }

func (l *layout) certificate(file string) string {
	return filepath.Join(l.directory, "certificates", file)
}

func (l *layout) address(component string) string { return address(l.ports[component]) }

func (l *layout) url(scheme, component string) string { return scheme + "://" + l.address(component) }

// server is where clients reach the API server.
func (l *layout) server() string { return l.url("https", "kube-apiserver") }

// arguments are the flags a component starts with.
func (l *layout) arguments(component string, o *options) []string {
	serving := []string{
		"--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", l.ports[component]),
		"--tls-cert-file=" + l.certificate("serving.crt"),
		"--tls-private-key-file=" + l.certificate("serving.key"),
	}
	var arguments []string
	switch component {
	case "etcd":
		arguments = []string{
			"--name=control-plane",
			"--data-dir=" + l.file("etcd"),
			"--listen-client-urls=" + l.url("http", "etcd"),
			"--advertise-client-urls=" + l.url("http", "etcd"),
			"--listen-peer-urls=" + l.url("http", "etcd-peer"),
			"--initial-advertise-peer-urls=" + l.url("http", "etcd-peer"),
			"--initial-cluster=control-plane=" + l.url("http", "etcd-peer"),
			"--unsafe-no-fsync", // a killed process loses nothing by it, only a crashed machine does
			"--quota-backend-bytes=8589934592",
		}
	case "kube-apiserver":
		arguments = append(serving,
			"--etcd-servers="+l.url("http", "etcd"),
			// The API server refuses to advertise a loopback address; nobody uses the one it gets here.
			"--advertise-address=192.0.2.1",
			"--endpoint-reconciler-type=none",
			"--client-ca-file="+l.certificate("ca.crt"),
			"--authorization-mode=RBAC,Node",
			"--service-cluster-ip-range="+serviceRange,
			"--service-account-issuer=https://kubernetes.default.svc",
			"--service-account-key-file="+l.certificate("service-accounts.key"),
			"--service-account-signing-key-file="+l.certificate("service-accounts.key"),
			"--kubelet-certificate-authority="+l.certificate("ca.crt"),
			"--kubelet-client-certificate="+l.certificate("kubelet-client.crt"),
			"--kubelet-client-key="+l.certificate("kubelet-client.key"),
			"--kubelet-preferred-address-types=InternalIP",
		)
		if o.audit {
			arguments = append(arguments,
				"--audit-policy-file="+l.file("audit-policy.yaml"), "--audit-log-path="+l.file("audit.log"))
		}
	case "kube-controller-manager":
		arguments = append(serving,
			"--kubeconfig="+l.file("kube-controller-manager.kubeconfig"),
			"--leader-elect=false",
			"--use-service-account-credentials",
			"--service-account-private-key-file="+l.certificate("service-accounts.key"),
			"--root-ca-file="+l.certificate("ca.crt"),
			"--enable-hostpath-provisioner",
			"--concurrent-statefulset-syncs=50",
		)
		if o.controllerQPS > 0 {
			arguments = append(arguments,
				fmt.Sprintf("--kube-api-qps=%d", o.controllerQPS), fmt.Sprintf("--kube-api-burst=%d", 2*o.controllerQPS))
		}
	case "kube-scheduler":
		arguments = append(serving,
			"--kubeconfig="+l.file("kube-scheduler.kubeconfig"),
			"--leader-elect=false",
			"--kube-api-qps=500", "--kube-api-burst=1000",
		)
	case "kubelet":
		arguments = []string{
			"--address=" + l.address("kubelet"),
			"--kubeconfig=" + l.file("nodes.kubeconfig"),
			"--client-ca=" + l.certificate("ca.crt"),
			"--certificate=" + l.certificate("serving.crt"),
			"--key=" + l.certificate("serving.key"),
			"--root=" + l.file("pods"),
			"--csi-root=" + l.file("csi"),
		}
	case "kwok":
		arguments = []string{
			"--kubeconfig=" + l.file("nodes.kubeconfig"),
			"--config=" + l.file("stages.yaml"),
			"--manage-all-nodes=false",
			"--manage-nodes-with-label-selector=" + managedLabel,
			"--node-ip=127.0.0.1",
			fmt.Sprintf("--node-port=%d", l.ports["kubelet"]),
			"--server-address=" + l.address("kwok"),
			"--node-lease-duration-seconds=40",
		}
	default:
		arguments = l.csiArguments(component)
	}
	if o.featureGates != "" && (component == "kube-apiserver" || component == "kube-controller-manager") {
		arguments = append(arguments, "--feature-gates="+o.featureGates)
	}
	return append(arguments, o.extraFlags[component]...)
}

// healthURL answers 200 once the component does its work.
func (l *layout) healthURL(component string) string {
	switch component {
	case "etcd":
		return l.url("http", component) + "/health"
	case "kube-apiserver":
		return l.url("https", component) + "/readyz"
	case "kwok", "csi-driver":
		return l.url("http", component) + "/healthz"
	case "csi-provisioner", "csi-resizer", "csi-snapshotter", "snapshot-controller":
		return l.url("http", component) + "/metrics"
	default:
		return l.url("https", component) + "/healthz"
	}
}

// waitHealthy waits until the component is healthy or the context ends. It connects anew every time: a connection to
// the process that was there before would only fail.
func (l *layout) waitHealthy(ctx context.Context, component string) error {
	client := &http.Client{
		Timeout: 5 * time.Second,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			TLSClientConfig:   l.clientTLS(),
		},
	}
	var last error
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.healthURL(component), nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("%s answered %s", request.URL, response.Status)
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w (%w)", component, context.Cause(ctx), last)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// clientTLS is how `up` itself speaks to the components: as the administrator, trusting the certificate it just made.
func (l *layout) clientTLS() *tls.Config {
	// A pair that cannot be read shows as a component that is never ready, with the reason in the answer.
	pair, _ := tls.LoadX509KeyPair(l.certificate("admin.crt"), l.certificate("admin.key"))
	roots := x509.NewCertPool()
	ca, _ := os.ReadFile(l.certificate("ca.crt"))
	roots.AppendCertsFromPEM(ca)
	return &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots}
}

// prepare writes every file the components read when they start.
func (l *layout) prepare(o *options) error {
	a, err := newAuthority(l.certificate(""))
	if err != nil {
		return err
	}
	if err := a.serving("serving", "kubernetes", "kubernetes.default", "kubernetes.default.svc"); err != nil {
		return err
	}
	clients := []struct{ name, user, group, kubeconfig string }{
		{"admin", "admin", "system:masters", "admin.kubeconfig"},
		{"nodes", "control-plane:nodes", "system:masters", "nodes.kubeconfig"},
		{"kube-controller-manager", "system:kube-controller-manager", "", "kube-controller-manager.kubeconfig"},
		{"kube-scheduler", "system:kube-scheduler", "", "kube-scheduler.kubeconfig"},
		{"csi", "control-plane:csi", "system:masters", "csi.kubeconfig"},
		{"kubelet-client", "control-plane:api-server", "", ""},
		{"service-accounts", "service-accounts", "", ""},
	}
	for _, c := range clients {
		if err := a.client(c.name, c.user, c.group); err != nil {
			return err
		}
		if c.kubeconfig == "" {
			continue
		}
		if err := a.kubeconfig(l.file(c.kubeconfig), l.server(), c.name); err != nil {
			return err
		}
	}
	stages, err := stagesYAML()
	if err != nil {
		return err
	}
	if err := os.WriteFile(l.file("stages.yaml"), stages, 0o600); err != nil {
		return err
	}
	return os.WriteFile(l.file("audit-policy.yaml"), auditPolicy, 0o600)
}
