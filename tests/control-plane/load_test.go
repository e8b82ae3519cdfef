package main

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestTheSampleIsASetThatCanBeCopied(t *testing.T) {
	service, budget, set, err := setObjects("db-0000")
	if err != nil {
		t.Fatal(err)
	}
	if service.Name != "db-0000" || budget.Name != "db-0000" || len(set.Spec.VolumeClaimTemplates) != 1 {
		t.Errorf("%s, %s, %v", service.Name, budget.Name, set.Spec.VolumeClaimTemplates)
	}
	if set.Spec.Template.Labels["app.kubernetes.io/instance"] != "db-0000" {
		t.Errorf("labels of the pods: %v", set.Spec.Template.Labels)
	}
}

func TestACopyHasAnotherIdentityAndIsOld(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Name: sampleSet + "-0", Namespace: sampleNamespace, UID: "old", ResourceVersion: "7", CreationTimestamp: metav1.Now(),
	}}
	text := cutStencil("Pod", pod)
	copied := &corev1.Pod{}
	if err := text.print(copied, text.uid, "new", text.name, "db-7", sampleNamespace, "team-0000"); err != nil {
		t.Fatal(err)
	}
	if copied.Name != "db-7" || copied.Namespace != "team-0000" || copied.UID != "new" || copied.ResourceVersion != "" {
		t.Errorf("%v", copied.ObjectMeta)
	}
	if age := pod.CreationTimestamp.Sub(copied.CreationTimestamp.Time); age < loadAge {
		t.Errorf("it is only %v older", age)
	}
}

func TestWhatIsToBeLoadedMustBePossible(t *testing.T) {
	for _, words := range []string{"--sets 1", "--replicas 0", "--left-behind -1", "--wrong 1"} {
		if _, err := parseLoad(words); err == nil {
			t.Errorf("%q is accepted", words)
		}
	}
	l, err := parseLoad("--namespaces 2 --sets 10")
	if err != nil || l.namespaces != 2 || l.replicas != 20 || !strings.HasPrefix(l.namespace(3), "team-0001") {
		t.Errorf("%v, %v", l, err)
	}
}
