package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	clientv3 "go.etcd.io/etcd/client/v3"
	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

// Filling a cluster with tens of thousands of objects, for the benchmarks. The controllers make one set with a pod and a
// claim left behind, and all other sets without replicas, so that each has a revision. Then they stop, and copies of
// what they made go straight into etcd, which takes seconds where the API server would take minutes: names, UIDs, owners
// and times differ, and all else, such as the field managers, is what the controllers and the API server wrote.

const (
	// loadTimeout is for a machine that is busy with other work; an idle one takes one or two minutes.
	loadTimeout = 20 * time.Minute
	// loaders is how many requests are under way at a time.
	loaders = 64
	// loadAge is how long ago everything was made.
	loadAge = 90 * 24 * time.Hour
)

//go:embed load.yaml
var loadYAML string

// load is what to fill a cluster with.
type load struct {
	namespaces, sets, replicas int
	// leftBehind claims are without a pod: half of them of sets that were scaled down, half of sets that are gone.
	leftBehind int
}

func parseLoad(words string) (*load, error) {
	l := &load{}
	flags := pflag.NewFlagSet("load", pflag.ContinueOnError)
	flags.IntVar(&l.namespaces, "namespaces", 200, "how many namespaces the sets are in")
	flags.IntVar(&l.sets, "sets", 1000, "how many sets")
	flags.IntVar(&l.replicas, "replicas", 20, "how many pods each has")
	flags.IntVar(&l.leftBehind, "left-behind", 2000, "how many claims more than pods")
	if err := flags.Parse(strings.Fields(words)); err != nil {
		return nil, err
	}
	if l.namespaces < 1 || l.sets < l.namespaces || l.replicas < 1 || l.leftBehind < 0 {
		return nil, errors.New("at least one namespace, one set in each, and one replica")
	}
	return l, nil
}

// load fills the cluster and leaves it without the controllers, the scheduler and kwok, which would be busy with it.
func (s *supervisor) load(ctx context.Context, words string) error {
	l, err := parseLoad(words)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, loadTimeout, errors.New("it took too long"))
	defer cancel()
	client, err := newClient(s.layout.file("admin.kubeconfig"))
	if err != nil {
		return err
	}
	store, err := clientv3.New(clientv3.Config{Endpoints: []string{s.layout.url("http", "etcd")}})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	began := time.Now()
	tell := func(done string) {
		fmt.Fprintf(os.Stderr, "control-plane: load: %s after %s\n", done, time.Since(began).Round(time.Second))
	}
	if err := l.makeSets(ctx, client); err != nil {
		return err
	}
	tell("all sets are there, without replicas,")
	sample, err := takeSample(ctx, client)
	if err != nil {
		return fmt.Errorf("make the sample: %w", err)
	}
	sets, err := l.waitRevisions(ctx, client)
	if err != nil {
		return err
	}
	tell("every set has a revision")
	for _, component := range []string{"kube-controller-manager", "kube-scheduler", "kwok"} {
		if err := s.end(component, syscall.SIGKILL, time.Second); err != nil {
			return err
		}
	}
	if err := l.copyAll(ctx, &etcdWriter{store: store}, sample, sets); err != nil {
		return err
	}
	tell("pods and claims are written")
	if err := l.settle(ctx, client, sets); err != nil {
		return err
	}
	tell("every set has its replicas")
	return l.waitComplete(ctx, client)
}

func (l *load) namespace(index int) string { return fmt.Sprintf("team-%04d", index%l.namespaces) }

func (l *load) setName(index int) string { return fmt.Sprintf("db-%04d", index) }

// makeSets creates the namespaces, and the sets without replicas.
func (l *load) makeSets(ctx context.Context, client kubernetes.Interface) error {
	err := inParallel(ctx, l.namespaces, func(ctx context.Context, index int) error {
		return makeNamespace(ctx, client, l.namespace(index))
	})
	if err != nil {
		return err
	}
	return inParallel(ctx, l.sets, func(ctx context.Context, index int) error {
		return makeSet(ctx, client, l.namespace(index), l.setName(index), 0)
	})
}

func makeNamespace(ctx context.Context, client kubernetes.Interface, name string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	_, err := client.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{})
	return err
}

// setObjects are a set, its service and its disruption budget.
func setObjects(name string) (*corev1.Service, *policyv1.PodDisruptionBudget, *appsv1.StatefulSet, error) {
	documents := strings.Split(strings.ReplaceAll(loadYAML, "sample-set", name), "\n---\n")
	service, budget, set := &corev1.Service{}, &policyv1.PodDisruptionBudget{}, &appsv1.StatefulSet{}
	for index, object := range []any{service, budget, set} {
		if err := yaml.UnmarshalStrict([]byte(documents[index]), object); err != nil {
			return nil, nil, nil, err
		}
	}
	return service, budget, set, nil
}

// makeSet creates a set with what belongs to it.
func makeSet(ctx context.Context, client kubernetes.Interface, namespace, name string, replicas int32) error {
	service, budget, set, err := setObjects(name)
	if err != nil {
		return err
	}
	set.Spec.Replicas = &replicas
	by := metav1.CreateOptions{FieldManager: "helm"}
	if _, err := client.CoreV1().Services(namespace).Create(ctx, service, by); err != nil {
		return err
	}
	if _, err := client.PolicyV1().PodDisruptionBudgets(namespace).Create(ctx, budget, by); err != nil {
		return err
	}
	_, err = client.AppsV1().StatefulSets(namespace).Create(ctx, set, by)
	return err
}

// waitRevisions waits until the controller knows every set, and returns them.
func (l *load) waitRevisions(ctx context.Context, client kubernetes.Interface) (sets []appsv1.StatefulSet, err error) {
	err = poll(ctx, func() (bool, error) {
		list, err := client.AppsV1().StatefulSets("").List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		sets = list.Items
		for _, set := range sets {
			if set.Status.UpdateRevision == "" {
				return false, nil
			}
		}
		return len(sets) == l.sets, nil
	})
	if err != nil {
		return nil, fmt.Errorf("wait for the revisions of %d sets: %w", l.sets, err)
	}
	return sets, nil
}

// copyAll writes nodes, volumes, claims and pods, in this order, so that nothing names what is not there yet.
func (l *load) copyAll(ctx context.Context, writer *etcdWriter, sample *sample, sets []appsv1.StatefulSet) error {
	workers := max(3, len(sets)*l.replicas/200)
	err := inParallel(ctx, workers, func(ctx context.Context, index int) error {
		return sample.copyNode(ctx, writer, fmt.Sprintf("worker-%d", index))
	})
	if err != nil {
		return err
	}
	scaledDown := l.leftBehind / 2
	err = inParallel(ctx, len(sets), func(ctx context.Context, index int) error {
		set := &sets[index]
		for ordinal := range l.replicas {
			number := index*l.replicas + ordinal
			c := copied{namespace: set.Namespace, set: set.Name, ordinal: ordinal, uid: set.UID, number: number}
			c.revision, c.node = set.Status.UpdateRevision, fmt.Sprintf("worker-%d", number%workers)
			if err := errors.Join(sample.copyClaim(ctx, writer, c, inUse), sample.copyPod(ctx, writer, c)); err != nil {
				return err
			}
		}
		// Those that are left over from when the set was larger, spread over all sets.
		for extra := index; extra < scaledDown; extra += len(sets) {
			c := copied{namespace: set.Namespace, set: set.Name, ordinal: l.replicas + extra/len(sets), number: extra}
			if err := sample.copyClaim(ctx, writer, c, leftBehind); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return inParallel(ctx, l.leftBehind-scaledDown, func(ctx context.Context, index int) error {
		c := copied{namespace: l.namespace(index), set: "retired", ordinal: index / l.namespaces, number: index}
		return sample.copyClaim(ctx, writer, c, leftBehind)
	})
}

// settle gives each set the replicas it has pods of, in spec and status.
func (l *load) settle(ctx context.Context, client kubernetes.Interface, sets []appsv1.StatefulSet) error {
	return inParallel(ctx, len(sets), func(ctx context.Context, index int) error {
		set, api := &sets[index], client.AppsV1().StatefulSets(sets[index].Namespace)
		replicas := int32(l.replicas)
		set.Spec.Replicas = &replicas
		set, err := api.Update(ctx, set, metav1.UpdateOptions{FieldManager: "helm"})
		if err != nil {
			return err
		}
		status := &set.Status
		status.ObservedGeneration, status.CurrentRevision = set.Generation, status.UpdateRevision
		for _, count := range []*int32{
			&status.Replicas, &status.ReadyReplicas, &status.CurrentReplicas, &status.UpdatedReplicas, &status.AvailableReplicas,
		} {
			*count = replicas
		}
		_, err = api.UpdateStatus(ctx, set, metav1.UpdateOptions{FieldManager: "kube-controller-manager"})
		return err
	})
}

// waitComplete waits until the API server shows everything.
func (l *load) waitComplete(ctx context.Context, client *kubernetes.Clientset) error {
	wanted := map[string]int{"pods": l.sets * l.replicas}
	wanted["persistentvolumeclaims"] = wanted["pods"] + l.leftBehind
	wanted["persistentvolumes"] = wanted["persistentvolumeclaims"]
	found := map[string]int{}
	err := poll(ctx, func() (bool, error) {
		for kind := range wanted {
			request := client.CoreV1().RESTClient().Get().AbsPath("/api/v1/" + kind)
			request.SetHeader("Accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
			list := &metav1.PartialObjectMetadataList{}
			if err := request.Do(ctx).Into(list); err != nil {
				return false, err
			}
			found[kind] = len(list.Items)
		}
		return maps.Equal(found, wanted), nil
	})
	if err != nil {
		return fmt.Errorf("the API server shows %v and not %v: %w", found, wanted, err)
	}
	return nil
}

// etcdWriter writes objects as the API server keeps them.
type etcdWriter struct{ store *clientv3.Client }

func (w *etcdWriter) put(ctx context.Context, key string, object runtime.Object) error {
	var text bytes.Buffer
	if err := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme).Encode(object, &text); err != nil {
		return err
	}
	_, err := w.store.Put(ctx, "/registry/"+key, text.String())
	return err
}

// inParallel does something for each index below the count, several at a time, until one fails.
func inParallel(ctx context.Context, count int, do func(ctx context.Context, index int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(loaders)
	for index := range count {
		group.Go(func() error { return do(ctx, index) })
	}
	return group.Wait()
}

// poll asks until the answer is yes.
func poll(ctx context.Context, done func() (bool, error)) error {
	for {
		if done, err := done(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
