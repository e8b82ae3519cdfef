package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/kubernetes"
)

const (
	sampleNamespace = "sample-namespace"
	sampleSet       = "sample-set"
	// sampleNode is where the sample pod runs.
	sampleNode = "node-0"
)

// sample is one object of each kind as real controllers made it, to be copied.
type sample struct {
	node, pod, volume stencil
	// claims are one that a pod uses, and one that none does any more.
	claims map[usage]stencil
	setUID types.UID
	// revision is that of the sample pod.
	revision string
}

// usage is whether a pod uses a claim.
type usage string

const (
	inUse      usage = "False"
	leftBehind usage = "True"
)

// unused is the condition that says whether a pod uses a claim.
const unused corev1.PersistentVolumeClaimConditionType = "Unused"

// stencil is the text of an object, and the identities in it that are replaced in each copy.
type stencil struct{ text, name, uid string }

// copied is what differs between copies.
type copied struct {
	namespace, set string
	ordinal        int
	uid            types.UID // of the set
	revision, node string    // of a pod
	number         int       // any number, for addresses and times
}

func (c copied) pod() string { return fmt.Sprintf("%s-%d", c.set, c.ordinal) }

func (c copied) claim() string { return "data-" + c.pod() }

// takeSample lets the controllers make a set of two, lets them scale it down to one, and keeps what there is then.
func takeSample(ctx context.Context, client kubernetes.Interface) (*sample, error) {
	if err := makeNamespace(ctx, client, sampleNamespace); err != nil {
		return nil, err
	}
	if err := makeSet(ctx, client, sampleNamespace, sampleSet, 2); err != nil {
		return nil, err
	}
	if err := waitReplicas(ctx, client, 2); err != nil {
		return nil, err
	}
	if err := scaleSample(ctx, client, 1); err != nil {
		return nil, err
	}
	if err := waitReplicas(ctx, client, 1); err != nil {
		return nil, err
	}
	s := &sample{claims: map[usage]stencil{}}
	for ordinal, wanted := range []usage{inUse, leftBehind} {
		claim, err := waitUsage(ctx, client, fmt.Sprintf("data-%s-%d", sampleSet, ordinal), wanted)
		if err != nil {
			return nil, err
		}
		s.claims[wanted] = cutStencil("PersistentVolumeClaim", claim)
	}
	if err := s.take(ctx, client); err != nil {
		return nil, err
	}
	return s, removeSample(ctx, client)
}

// take keeps the set's UID, the pod, its volume and its node.
func (s *sample) take(ctx context.Context, client kubernetes.Interface) error {
	set, err := client.AppsV1().StatefulSets(sampleNamespace).Get(ctx, sampleSet, metav1.GetOptions{})
	if err != nil {
		return err
	}
	pod, err := client.CoreV1().Pods(sampleNamespace).Get(ctx, sampleSet+"-0", metav1.GetOptions{})
	if err != nil {
		return err
	}
	// A claim's UID is in the name of its volume.
	volume, err := client.CoreV1().PersistentVolumes().Get(ctx, "pvc-"+s.claims[inUse].uid, metav1.GetOptions{})
	if err != nil {
		return err
	}
	node, err := client.CoreV1().Nodes().Get(ctx, sampleNode, metav1.GetOptions{})
	if err != nil {
		return err
	}
	s.setUID, s.revision = set.UID, set.Status.UpdateRevision
	pod.Spec.NodeName, pod.ResourceVersion = sampleNode, ""
	s.pod, s.volume, s.node = cutStencil("Pod", pod), cutStencil("PersistentVolume", volume), cutStencil("Node", node)
	// The simulated kubelet has a name of its own.
	s.pod.text = strings.ReplaceAll(s.pod.text, `"manager":"kwok"`, `"manager":"kubelet"`)
	return nil
}

// waitReplicas waits until the sample set has so many pods, all ready.
func waitReplicas(ctx context.Context, client kubernetes.Interface, replicas int32) error {
	return poll(ctx, func() (bool, error) {
		set, err := client.AppsV1().StatefulSets(sampleNamespace).Get(ctx, sampleSet, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		status := set.Status
		seen := status.ObservedGeneration == set.Generation && *set.Spec.Replicas == replicas
		return seen && status.Replicas == replicas && status.ReadyReplicas == replicas, nil
	})
}

func scaleSample(ctx context.Context, client kubernetes.Interface, replicas int32) error {
	patch := fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas)
	_, err := client.AppsV1().StatefulSets(sampleNamespace).Patch(
		ctx, sampleSet, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// waitUsage waits until the controllers say of a claim what is wanted.
func waitUsage(ctx context.Context, client kubernetes.Interface, name string, wanted usage) (claim *corev1.PersistentVolumeClaim, err error) {
	err = poll(ctx, func() (bool, error) {
		claim, err = client.CoreV1().PersistentVolumeClaims(sampleNamespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		return slices.ContainsFunc(claim.Status.Conditions, func(condition corev1.PersistentVolumeClaimCondition) bool {
			return condition.Type == unused && string(condition.Status) == string(wanted)
		}), nil
	})
	return claim, err
}

// removeSample deletes the sample and waits until nothing of it is left.
func removeSample(ctx context.Context, client kubernetes.Interface) error {
	if err := client.CoreV1().Namespaces().Delete(ctx, sampleNamespace, metav1.DeleteOptions{}); err != nil {
		return err
	}
	return poll(ctx, func() (bool, error) {
		namespaces, err := client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + sampleNamespace})
		if err != nil {
			return false, err
		}
		volumes, err := client.CoreV1().PersistentVolumes().List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		return len(namespaces.Items) == 0 && len(volumes.Items) == 0, nil
	})
}

// timestamps are times as objects have them.
var timestamps = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"`)

// cutStencil makes the text of an object to copy, all its times long ago.
func cutStencil[T interface {
	runtime.Object
	metav1.Object
}](kind string, object T) stencil {
	object.SetResourceVersion("")
	object.GetObjectKind().SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind))
	text, err := json.Marshal(object)
	if err != nil {
		panic(err) // what came as JSON can be written as JSON
	}
	aged := timestamps.ReplaceAllStringFunc(string(text), func(quoted string) string {
		moment, err := time.Parse(`"`+time.RFC3339+`"`, quoted)
		if err != nil {
			return quoted
		}
		return moment.Add(-loadAge).Format(`"` + time.RFC3339 + `"`)
	})
	return stencil{text: aged, name: object.GetName(), uid: string(object.GetUID())}
}

// print makes a copy with other words: each pair is an old one and a new one, and the first that fits counts.
func (s stencil) print(into any, pairs ...string) error {
	return json.Unmarshal([]byte(strings.NewReplacer(pairs...).Replace(s.text)), into)
}

func newUID() string { return string(uuid.NewUUID()) }

// copyNode writes a node nobody looks after.
func (s *sample) copyNode(ctx context.Context, writer *etcdWriter, name string) error {
	node := &corev1.Node{}
	if err := s.node.print(node, s.node.uid, newUID(), sampleNode, name); err != nil {
		return err
	}
	delete(node.Labels, managedLabel)
	return writer.put(ctx, "minions/"+name, node)
}

// copyClaim writes a claim and its volume.
func (s *sample) copyClaim(ctx context.Context, writer *etcdWriter, c copied, used usage) error {
	uid, model := newUID(), s.claims[used]
	volume := &corev1.PersistentVolume{}
	err := s.volume.print(volume, s.claims[inUse].uid, uid, s.volume.uid, newUID(),
		s.claims[inUse].name, c.claim(), sampleNamespace, c.namespace)
	if err != nil {
		return err
	}
	if directory := volume.Spec.HostPath; directory != nil {
		directory.Path = "/tmp/hostpath_pv/" + uid
	}
	if err := writer.put(ctx, "persistentvolumes/"+volume.Name, volume); err != nil {
		return err
	}
	claim := &corev1.PersistentVolumeClaim{}
	err = model.print(claim, model.uid, uid, model.name, c.claim(), sampleSet, c.set, sampleNamespace, c.namespace)
	if err != nil {
		return err
	}
	if used == leftBehind {
		s.leave(claim, c.number)
	}
	return writer.put(ctx, fmt.Sprintf("persistentvolumeclaims/%s/%s", c.namespace, claim.Name), claim)
}

// leave makes a claim that no pod has used since some day between ten and sixty days ago.
func (s *sample) leave(claim *corev1.PersistentVolumeClaim, number int) {
	since := metav1.NewTime(time.Now().AddDate(0, 0, -10-number%50).Truncate(time.Second))
	for index := range claim.Status.Conditions {
		claim.Status.Conditions[index].LastTransitionTime = since
	}
	for index := range claim.ManagedFields {
		if claim.ManagedFields[index].Subresource == "status" {
			claim.ManagedFields[index].Time = &since
		}
	}
}

// copyPod writes a pod that runs.
func (s *sample) copyPod(ctx context.Context, writer *etcdWriter, c copied) error {
	pod := &corev1.Pod{}
	address := fmt.Sprintf("10.%d.%d.%d", 128+c.number/62500, c.number/250%250, 1+c.number%250)
	err := s.pod.print(pod, s.pod.uid, newUID(), string(s.setUID), string(c.uid), s.revision, c.revision,
		s.pod.name, c.pod(), sampleSet, c.set, sampleNamespace, c.namespace, sampleNode, c.node)
	if err != nil {
		return err
	}
	pod.Labels["apps.kubernetes.io/pod-index"] = strconv.Itoa(c.ordinal)
	pod.Status.PodIP, pod.Status.PodIPs = address, []corev1.PodIP{{IP: address}}
	return writer.put(ctx, fmt.Sprintf("pods/%s/%s", c.namespace, pod.Name), pod)
}
