package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// clientConfig is for a client that is not slowed down.
func clientConfig(kubeconfig string) (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	return config, nil
}

func newClient(kubeconfig string) (*kubernetes.Clientset, error) {
	config, err := clientConfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	return kubernetes.NewForConfig(config)
}

// furnish creates what every cluster has when somebody gets it: nodes in three zones and a default storage class. One
// more class says by its name that its volumes may grow, although nothing here ever grows them.
func furnish(ctx context.Context, client kubernetes.Interface, nodes int) error {
	standard, expandable := storageClass("standard"), storageClass("standard-expandable")
	standard.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	for _, class := range []*storagev1.StorageClass{standard, expandable} {
		_, err := client.StorageV1().StorageClasses().Create(ctx, class, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("create storage class %s: %w", class.Name, err)
		}
	}
	for index := range nodes {
		_, err := client.CoreV1().Nodes().Create(ctx, node(index), metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("create node %d: %w", index, err)
		}
	}
	return nil
}

// storageClass makes real volumes, each a directory of this machine; the controller manager creates and removes them.
func storageClass(name string) *storagev1.StorageClass {
	return &storagev1.StorageClass{
		ObjectMeta:           metav1.ObjectMeta{Name: name},
		Provisioner:          "kubernetes.io/host-path",
		ReclaimPolicy:        new(corev1.PersistentVolumeReclaimDelete),
		VolumeBindingMode:    new(storagev1.VolumeBindingImmediate),
		AllowVolumeExpansion: new(true),
	}
}

// node is the n-th node, node-0 in zone-a, node-1 in zone-b and so on.
func node(index int) *corev1.Node {
	name := fmt.Sprintf("node-%d", index)
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: name,
			Labels: map[string]string{
				managedLabel:                   "",
				corev1.LabelHostname:           name,
				corev1.LabelOSStable:           "linux",
				corev1.LabelArchStable:         "amd64",
				corev1.LabelTopologyRegion:     "region",
				corev1.LabelTopologyZone:       "zone-" + string(rune('a'+index%3)),
				corev1.LabelInstanceTypeStable: "simulated",
			},
		},
		Spec: corev1.NodeSpec{PodCIDR: fmt.Sprintf("10.%d.0.0/16", 100+index%100)},
	}
}

// waitFurnished waits until pods can run: every node is ready, and the controllers gave the default namespace its
// service account.
func waitFurnished(ctx context.Context, client kubernetes.Interface, nodes int) error {
	for {
		ready := 0
		list, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		if err == nil {
			for _, node := range list.Items {
				for _, condition := range node.Status.Conditions {
					if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue && len(node.Spec.Taints) == 0 {
						ready++
					}
				}
			}
			_, err = client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		}
		if err == nil && ready >= nodes {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d nodes are ready: %w (%v)", ready, nodes, context.Cause(ctx), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// managedNodes are the names of the nodes that are alive.
func managedNodes(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{LabelSelector: managedLabel})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, node := range nodes.Items {
		names = append(names, node.Name)
	}
	return names, nil
}

// releaseNodes deletes the leases of all living nodes.
func releaseNodes(ctx context.Context, client kubernetes.Interface) error {
	names, err := managedNodes(ctx, client)
	if err != nil {
		return err
	}
	for _, name := range names {
		err := client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Delete(ctx, name, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	return nil
}

// waitLeased waits until every living node has a lease.
func waitLeased(ctx context.Context, client kubernetes.Interface) error {
	for {
		names, err := managedNodes(ctx, client)
		for _, name := range names {
			if err == nil {
				_, err = client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Get(ctx, name, metav1.GetOptions{})
			}
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not every node has a lease: %w (%w)", context.Cause(ctx), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
