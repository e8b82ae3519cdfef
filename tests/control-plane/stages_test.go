package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/kwok/pkg/apis/internalversion"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/utils/gotpl"
	"sigs.k8s.io/kwok/pkg/utils/lifecycle"
)

// simulation plays the stages on objects in memory, as kwok would on those of a cluster.
type simulation struct {
	t        *testing.T
	stages   lifecycle.Lifecycle
	renderer gotpl.Renderer
}

func newSimulation(t *testing.T, kind string) *simulation {
	text, err := stagesYAML()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "stages.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	objects, err := config.Load(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	var stages []*internalversion.Stage
	for _, stage := range config.FilterWithType[*internalversion.Stage](objects) {
		if stage.Spec.ResourceRef.Kind == kind {
			stages = append(stages, stage)
		}
	}
	all, err := lifecycle.NewLifecycle(stages)
	if err != nil {
		t.Fatal(err)
	}
	renderer := gotpl.NewRenderer(gotpl.FuncMap{
		"NodeIPsWith": func(string) []string { return []string{"127.0.0.1"} },
		"PodIPsWith":  func(string, bool, string, string, string) []string { return []string{"10.0.0.1"} },
		"NodeIP":      func() string { return "127.0.0.1" },
		"NodeName":    func() string { return "node-0" },
		"NodePort":    func() int { return 10250 },
	})
	return &simulation{t: t, stages: all, renderer: renderer}
}

// move plays the one stage that matches: its name and delay, or "" when nothing happens any more.
func (s *simulation) move(pod *corev1.Pod) (string, time.Duration) {
	s.t.Helper()
	event := &lifecycle.Event{Labels: pod.Labels, Annotations: pod.Annotations, Data: pod}
	possible, err := s.stages.ListAllPossible(context.Background(), event)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(possible) == 0 {
		return "", 0
	}
	if len(possible) > 1 {
		s.t.Fatalf("%s and %s both match", possible[0].Name(), possible[1].Name())
	}
	stage := possible[0]
	delay, _, err := stage.Delay(context.Background(), event, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = stage.DoSteps(0, nil, pod, s.renderer,
		func(*internalversion.StageEvent) error { return nil },
		func() error { pod.Name = "deleted"; return nil },
		func(patch *lifecycle.Patch) error {
			before, err := json.Marshal(pod)
			if err != nil {
				return err
			}
			after, err := strategicpatch.StrategicMergePatch(before, patch.Data, pod)
			if err != nil {
				return err
			}
			*pod = corev1.Pod{}
			return json.Unmarshal(after, pod)
		},
		func(*lifecycle.Apply) error { return nil },
	)
	if err != nil {
		s.t.Fatalf("%s: %v", stage.Name(), err)
	}
	return stage.Name(), delay
}

// newPod is a pod that was just bound to a node.
func newPod(image string, annotations map[string]string) *corev1.Pod {
	full := map[string]string{}
	for key, value := range annotations {
		full["control-plane.kubectl-sts.io/"+key] = value
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "db-2", Namespace: "default", UID: "uid", Generation: 1, Annotations: full,
			Labels: map[string]string{"apps.kubernetes.io/pod-index": "2"},
		},
		Spec: corev1.PodSpec{
			NodeName:       "node-0",
			InitContainers: []corev1.Container{{Name: "prepare", Image: "prepare:v1"}},
			Containers:     []corev1.Container{{Name: "app", Image: image}, {Name: "sidecar", Image: "sidecar:bad"}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodPending},
	}
}

// state is what one sees of a pod at a glance.
func state(pod *corev1.Pod) string {
	first := pod.Status.ContainerStatuses[0]
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady && (condition.Status == corev1.ConditionTrue) != first.Ready {
			return "ready condition and container disagree"
		}
	}
	switch {
	case pod.Status.Phase == corev1.PodFailed:
		return "failed"
	case first.Ready:
		return "ready"
	case first.State.Waiting != nil:
		return first.State.Waiting.Reason
	default:
		return "running"
	}
}

func TestPodsBehaveAsAsked(t *testing.T) {
	const crash = "CrashLoopBackOff"
	for _, test := range []struct {
		image       string
		annotations map[string]string
		states      []string
		after       time.Duration // of the last move
	}{
		{image: "app", states: []string{"ready"}},
		{image: "registry:5000/team-bad/app", states: []string{"ready"}},
		{image: "registry:5000/app:v2", states: []string{"ready"}},
		{image: "app:notbad", states: []string{"ready"}},
		{image: "app:slow", states: []string{"running", "ready"}, after: 2 * time.Second},
		{image: "app:v2-slow7", states: []string{"running", "ready"}, after: 7 * time.Second},
		{image: "app:v1", annotations: map[string]string{"ready-after": "5s"}, states: []string{"running", "ready"}, after: 5 * time.Second},
		{image: "app:v2-hang", states: []string{"running"}},
		{image: "app:v2-bad", states: []string{crash, "running", crash, "running"}, after: 6 * time.Second},
		{image: "app:oom", states: []string{crash, "running", crash}, after: 500 * time.Millisecond},
		{image: "app:pull", states: []string{"ImagePullBackOff"}},
		{image: "app:config", states: []string{"CreateContainerConfigError"}},
		{image: "app:init", states: []string{"PodInitializing"}},
		{image: "app:flap", states: []string{"ready", "running"}, after: 3 * time.Second},
		{image: "app:fail", states: []string{"failed"}},
		{image: "app:v1", annotations: map[string]string{"behavior": "hang"}, states: []string{"running"}},
		{image: "app:bad", annotations: map[string]string{"behavior": "hang", "behavior-2": "ready"}, states: []string{"ready"}},
		{image: "app:bad", annotations: map[string]string{"behavior-1": "ready"}, states: []string{crash}},
	} {
		t.Run(test.image, func(t *testing.T) {
			s, pod := newSimulation(t, "Pod"), newPod(test.image, test.annotations)
			var delay time.Duration
			for _, wanted := range test.states {
				_, delay = s.move(pod)
				if got := state(pod); got != wanted {
					t.Fatalf("is %q, not %q", got, wanted)
				}
			}
			if delay != test.after {
				t.Errorf("the last move came after %s, not %s", delay, test.after)
			}
			endless := slices.Contains(test.states, crash)
			if name, _ := s.move(pod); name != "" && !endless {
				t.Errorf("%s goes on", name)
			}
		})
	}
}

func TestStatusOfCrashedPod(t *testing.T) {
	s, pod := newSimulation(t, "Pod"), newPod("app:v1", map[string]string{"behavior-2": "oom"})
	for range 3 {
		s.move(pod)
	}
	first, second := pod.Status.ContainerStatuses[0], pod.Status.ContainerStatuses[1]
	if first.RestartCount != 2 {
		t.Errorf("restarted %d times, not 2", first.RestartCount)
	}
	if last := first.LastTerminationState.Terminated; last == nil || last.Reason != "OOMKilled" || last.ExitCode != 137 {
		t.Errorf("ended with %v", last)
	}
	if !second.Ready || second.RestartCount != 0 {
		t.Errorf("the second container has trouble, too: %v", second)
	}
	if done := pod.Status.InitContainerStatuses[0].State.Terminated; done == nil || done.Reason != "Completed" {
		t.Errorf("the init container did not end: %v", done)
	}
}

func TestLivingPodFollowsItsAnnotations(t *testing.T) {
	s, pod := newSimulation(t, "Pod"), newPod("app:v1", nil)
	for _, step := range []struct{ key, value, wanted string }{
		{"behavior", "ready", "ready"},
		{"behavior", "hang", "running"},
		{"behavior", "bad", "CrashLoopBackOff"},
		{"behavior", "pull", "ImagePullBackOff"},
		{"behavior", "ready", "ready"},
		{"restarts", "4", "ready"},
	} {
		pod.Annotations["control-plane.kubectl-sts.io/"+step.key] = step.value
		s.move(pod)
		if got := state(pod); got != step.wanted {
			t.Fatalf("%s=%s: is %q, not %q", step.key, step.value, got, step.wanted)
		}
	}
	if restarts := pod.Status.ContainerStatuses[0].RestartCount; restarts != 4 {
		t.Errorf("restarted %d times, not 4", restarts)
	}
	pod.Annotations["control-plane.kubectl-sts.io/terminate-after"] = "2s"
	pod.DeletionTimestamp = new(metav1.Now())
	if name, delay := s.move(pod); name != "pod-delete" || delay != 2*time.Second || pod.Name != "deleted" {
		t.Errorf("%s after %s", name, delay)
	}
}
