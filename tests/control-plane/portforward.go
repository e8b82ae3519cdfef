package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cri-streaming/pkg/streaming/portforward"
)

// portAnnotation and the number of a port of the pod make the annotation with the port of this machine it leads to.
const portAnnotation = "control-plane.kubectl-sts.io/port-"

// portForward connects a client with ports of a pod.
func (k *kubelet) portForward(w http.ResponseWriter, r *http.Request) {
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, r, k, r.PathValue("namespace")+"/"+r.PathValue("pod"), "", options,
		time.Hour, 30*time.Second, portforward.SupportedProtocols)
}

// PortForward implements portforward.PortForwarder: one connection to one port. The name is namespace/pod. Nothing
// listens in a pod that does not exist, so its annotations say which port of the loopback interface stands for it.
func (k *kubelet) PortForward(ctx context.Context, name, _ string, port int32, client io.ReadWriteCloser) error {
	defer func() { _ = client.Close() }()
	namespace, podName, _ := strings.Cut(name, "/")
	pod, err := k.client.CoreV1().Pods(namespace).Get(ctx, podName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	mapped := pod.Annotations[portAnnotation+strconv.Itoa(int(port))]
	if one, ok := pod.Annotations[fmt.Sprintf("%s%d-%s", portAnnotation, port, ordinal(podName))]; ok {
		mapped = one
	}
	if number, err := strconv.ParseUint(mapped, 10, 16); err != nil || number == 0 {
		return fmt.Errorf("failed to connect to localhost:%d inside pod %s: connection refused", port, name)
	}
	var dialer net.Dialer
	server, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", mapped))
	if err != nil {
		return fmt.Errorf("failed to connect to localhost:%d inside pod %s: %w", port, name, err)
	}
	defer func() { _ = server.Close() }()
	done := make(chan struct{}, 2)
	pipe := func(to io.Writer, from io.Reader) {
		_, _ = io.Copy(to, from)
		done <- struct{}{}
	}
	go pipe(server, client)
	go pipe(client, server)
	select {
	case <-done:
	case <-ctx.Done():
	}
	return nil
}

// ordinal is what follows the last dash of a pod's name.
func ordinal(podName string) string {
	return podName[strings.LastIndex(podName, "-")+1:]
}
