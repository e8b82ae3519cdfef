package main

import (
	"io/fs"
	"slices"
	"testing"

	"kubectl-sts.io/control-plane/csidriver"
)

func TestClassesAreOfTheDriver(t *testing.T) {
	files, err := fs.Glob(csiManifests, "csi/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 4 {
		t.Errorf("%q", files)
	}
	for _, file := range files {
		objects, err := manifest(file)
		if err != nil || len(objects) == 0 {
			t.Errorf("%s: %d objects, %v", file, len(objects), err)
		}
		for _, object := range objects {
			for _, field := range []string{"provisioner", "driver", "driverName"} {
				if name, found := object.Object[field]; found && name != csidriver.Name {
					t.Errorf("%s %s is of %s", object.GetKind(), object.GetName(), name)
				}
			}
		}
	}
}

func TestComponentsWithCSI(t *testing.T) {
	plain, csi := (&options{}).components(), (&options{csi: true}).components()
	if slices.Contains(plain, "csi-driver") {
		t.Errorf("%q", plain)
	}
	// The driver before its sidecars.
	if driver, resizer := slices.Index(csi, "csi-driver"), slices.Index(csi, "csi-resizer"); driver < 0 || resizer < driver {
		t.Errorf("%q", csi)
	}
	for _, wrong := range []string{"fault expand fail", "kill csi-resizer"} {
		if text := (&supervisor{options: &options{}}).obey(t.Context(), wrong); !slices.Contains([]string{
			`{"ok":false,"command":"fault","component":"expand fail","error":"there is no CSI driver without --csi"}`,
			`{"ok":false,"command":"kill","component":"csi-resizer","error":"\"csi-resizer\" is none of etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kwok"}`,
		}, text) {
			t.Errorf("%s: %s", wrong, text)
		}
	}
}
