package main

import (
	"bytes"
	_ "embed"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kwok/pkg/apis/v1alpha1"
	"sigs.k8s.io/yaml"
)

// How simulated pods and nodes behave, as kwok Stages. A pod's *behavior* is what its image tag or an annotation asks
// for, its *shape* is what its status says; a stage moves a pod from the shapes it may have to the one its behavior
// wants. So a pod follows when the annotation of a living pod changes, too.

// podStatus is the Go template of kwok that makes the status of a pod of the shape in `$shape`.
//
//go:embed pod-status.yaml.tmpl
var podStatus string

// nodeStatus is the template that makes the status of a living node.
//
//go:embed node-status.yaml.tmpl
var nodeStatus string

//go:embed audit-policy.yaml
var auditPolicy []byte

// definitions are the jq functions the expressions below are written in.
const definitions = `
def annotation($name): .metadata.annotations["control-plane.kubectl-sts.io/" + $name];
def ordinal: .metadata.labels["apps.kubernetes.io/pod-index"] // "";
def tag: .spec.containers[0].image
  | capture(":([^/]*-)?(?<behavior>ready|slow[0-9]*|hang|bad|oom|pull|config|init|flap|fail)$").behavior;
def behavior: annotation("behavior-" + ordinal) // annotation("behavior") // tag // "ready";
def is(behaviors): behavior as $own | any(behaviors; . == $own);
def slow: (behavior | startswith("slow")) or (is("ready") and annotation("ready-after") != null);
def waiting: .status.containerStatuses[0].state.waiting.reason;
def restarts: .status.containerStatuses[0].restartCount // 0;
def shape:
  if .status.phase == "Failed" then "Failed"
  elif any(.status.conditions[]?; .type == "Ready" and .status == "True") then "Ready"
  elif waiting != null then waiting
  elif .status.phase == "Running" then "Running"
  else "New" end;
`

// transition is a stage of a pod: when the condition holds, after the delay, the pod takes the shape.
type transition struct {
	name  string
	when  string // jq, true or false
	after string // jq, a duration such as "2s"; empty is at once
	shape string
	event *v1alpha1.StageEvent
}

var transitions = []transition{
	{
		name:  "ready",
		when:  `is("ready") and (slow | not) and (shape != "Ready" or restarts < (annotation("restarts") // "0" | tonumber))`,
		shape: "Ready",
	},
	{name: "start", when: `(slow or is("hang")) and shape != "Running" and (slow and shape == "Ready" | not)`, shape: "Running"},
	{
		name:  "ready-later",
		when:  `slow and shape == "Running"`,
		after: `annotation("ready-after") // ((behavior | ltrimstr("slow") | if . == "" then "2" else . end) + "s")`,
		shape: "Ready",
	},
	{name: "flap-up", when: `is("flap") and shape == "New"`, shape: "Ready"},
	{name: "flap-down", when: `is("flap") and shape == "Ready"`, after: `"3s"`, shape: "Running"},
	{
		name:  "crash",
		when:  `is("bad", "oom") and shape != "CrashLoopBackOff"`,
		after: `if shape == "Running" then "500ms" else "0s" end`,
		shape: "CrashLoopBackOff",
		event: &v1alpha1.StageEvent{Type: "Warning", Reason: "BackOff", Message: "Back-off restarting failed container"},
	},
	{name: "restart", when: `is("bad", "oom") and shape == "CrashLoopBackOff"`, after: `"\(3 * restarts)s"`, shape: "Running"},
	{
		name:  "pull",
		when:  `is("pull") and shape != "ImagePullBackOff"`,
		shape: "ImagePullBackOff",
		event: &v1alpha1.StageEvent{Type: "Warning", Reason: "Failed", Message: "Error: ImagePullBackOff"},
	},
	{
		name:  "config",
		when:  `is("config") and shape != "CreateContainerConfigError"`,
		shape: "CreateContainerConfigError",
		event: &v1alpha1.StageEvent{Type: "Warning", Reason: "Failed", Message: `Error: configmap "missing" not found`},
	},
	{name: "init", when: `is("init") and shape != "PodInitializing"`, shape: "PodInitializing"},
	{name: "fail", when: `is("fail") and shape != "Failed"`, shape: "Failed"},
}

// stagesYAML is the configuration kwok starts with.
func stagesYAML() ([]byte, error) {
	stages := nodeStages()
	for _, t := range transitions {
		stages = append(stages, t.stage())
	}
	stages = append(stages, deleteStage())
	var all bytes.Buffer
	for _, stage := range stages {
		document, err := yaml.Marshal(stage)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&all, "---\n%s", document)
	}
	return all.Bytes(), nil
}

func (t transition) stage() *v1alpha1.Stage {
	s := stage("Pod", "pod-"+t.name, `.metadata.deletionTimestamp == null and (`+t.when+`)`)
	if t.after != "" {
		s.Spec.Delay = delay(t.after)
	}
	s.Spec.Steps = []v1alpha1.StageStep{patchStatus(fmt.Sprintf("{{ $shape := %q }}\n%s", t.shape, podStatus))}
	if t.event != nil {
		s.Spec.Steps = append(s.Spec.Steps, v1alpha1.StageStep{Event: t.event})
	}
	return s
}

// deleteStage ends a pod that is being deleted: at once, or after the time its annotation says.
func deleteStage() *v1alpha1.Stage {
	s := stage("Pod", "pod-delete", `.metadata.deletionTimestamp != null and .metadata.deletionGracePeriodSeconds != 0`)
	s.Spec.Delay = delay(`annotation("terminate-after") // "0s"`)
	s.Spec.Steps = []v1alpha1.StageStep{{Delete: true}}
	return s
}

// nodeStages make a node ready and keep its status fresh; what says that it lives is the lease kwok renews. The status is
// written rarely: kwok carries out what it had planned for a node even when that has died meanwhile.
func nodeStages() []*v1alpha1.Stage {
	ready := `any(.status.conditions[]?; .type == "Ready" and .status == "True")`
	start := stage("Node", "node-ready", ready+" | not")
	start.Spec.Steps = []v1alpha1.StageStep{patchStatus(nodeStatus)}
	heartbeat := stage("Node", "node-heartbeat", ready)
	heartbeat.Spec.Delay = delay(`"24h"`)
	heartbeat.Spec.Steps = []v1alpha1.StageStep{patchStatus(nodeStatus)}
	return []*v1alpha1.Stage{start, heartbeat}
}

func stage(kind, name, when string) *v1alpha1.Stage {
	return &v1alpha1.Stage{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.StageKind},
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.StageSpec{
			ResourceRef: v1alpha1.StageResourceRef{APIGroup: "v1", Kind: kind},
			Selector: &v1alpha1.StageSelector{MatchExpressions: []v1alpha1.MatchExpression{{
				JQ: &v1alpha1.SelectorJQ{Key: definitions + when, Operator: v1alpha1.SelectorOpIn, Values: []string{"true"}},
			}}},
		},
	}
}

func delay(jq string) *v1alpha1.StageDelay {
	return &v1alpha1.StageDelay{DurationFrom: &v1alpha1.ExpressionFrom{JQ: &v1alpha1.ExpressionJQ{Expression: definitions + jq}}}
}

func patchStatus(template string) v1alpha1.StageStep {
	strategic := v1alpha1.StagePatchTypeStrategicMergePatch
	return v1alpha1.StageStep{Patch: &v1alpha1.StagePatch{
		Subresource: "status", Root: "status", Type: &strategic, Template: template,
	}}
}
