package csidriver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const gibibyte = int64(1) << 30

func newDriver(t *testing.T) *driver {
	t.Helper()
	store, err := newStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &driver{store: store, faults: newFaults()}
}

// create makes a volume of claim demo/CLAIM.
func (d *driver) create(claim string, bytes int64, source *csi.VolumeContentSource) error {
	_, err := d.CreateVolume(context.Background(), &csi.CreateVolumeRequest{
		Name:                "pvc-" + claim,
		CapacityRange:       &csi.CapacityRange{RequiredBytes: bytes},
		VolumeContentSource: source,
		Parameters: map[string]string{
			"csi.storage.k8s.io/pvc/namespace": "demo", "csi.storage.k8s.io/pvc/name": claim,
		},
	})
	return err
}

func (d *driver) expand(ctx context.Context, claim string, bytes int64) (*csi.ControllerExpandVolumeResponse, error) {
	return d.ControllerExpandVolume(ctx, &csi.ControllerExpandVolumeRequest{
		VolumeId: "pvc-" + claim, CapacityRange: &csi.CapacityRange{RequiredBytes: bytes},
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d *driver) file(id string) string { return filepath.Join(d.store.volumeDirectory(id), "file") }

func TestFilesGoWithTheVolumeAndOnlyThen(t *testing.T) {
	d := newDriver(t)
	ctx := context.Background()
	must(t, d.create("a", gibibyte, nil))
	must(t, os.WriteFile(d.file("pvc-a"), []byte("here"), 0o600))
	must(t, d.create("a", gibibyte, nil)) // asked again
	if err := d.create("a", 2*gibibyte, nil); status.Code(err) != codes.AlreadyExists {
		t.Errorf("a larger one of the same name: %v", err)
	}
	_, err := d.expand(ctx, "a", 2*gibibyte)
	must(t, err)
	restarted, err := newStore(d.store.root)
	must(t, err)
	d.store = restarted
	if v, err := d.store.volume("pvc-a"); err != nil || v.Bytes != 2*gibibyte || v.Claim != "a" {
		t.Errorf("%v, %v", v, err)
	}
	if text, err := os.ReadFile(d.file("pvc-a")); err != nil || string(text) != "here" {
		t.Errorf("%q, %v", text, err)
	}
	for range 2 {
		_, err = d.DeleteVolume(ctx, &csi.DeleteVolumeRequest{VolumeId: "pvc-a"})
		must(t, err)
	}
	if _, err := os.Stat(d.store.volumeDirectory("pvc-a")); !errors.Is(err, os.ErrNotExist) {
		t.Error("its directory is left")
	}
	if _, err := d.expand(ctx, "a", gibibyte); status.Code(err) != codes.NotFound {
		t.Errorf("one that is gone grows: %v", err)
	}
}

func TestIdentifiersLeadNowhereElse(t *testing.T) {
	d := newDriver(t)
	for _, id := range []string{"..", "a/b", "../../x", ""} {
		if err := d.store.deleteVolume(id); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%q is taken: %v", id, err)
		}
	}
}

func TestCopiesHoldWhatWasThere(t *testing.T) {
	d := newDriver(t)
	must(t, d.create("a", 2*gibibyte, nil))
	must(t, os.WriteFile(d.file("pvc-a"), []byte("then"), 0o600))
	made, err := d.CreateSnapshot(context.Background(), &csi.CreateSnapshotRequest{Name: "s", SourceVolumeId: "pvc-a"})
	must(t, err)
	if !made.Snapshot.ReadyToUse || made.Snapshot.SizeBytes != 2*gibibyte {
		t.Errorf("%v", made)
	}
	must(t, os.WriteFile(d.file("pvc-a"), []byte("now"), 0o600))
	fromSnapshot := &csi.VolumeContentSource{Type: &csi.VolumeContentSource_Snapshot{
		Snapshot: &csi.VolumeContentSource_SnapshotSource{SnapshotId: "s"},
	}}
	fromVolume := &csi.VolumeContentSource{Type: &csi.VolumeContentSource_Volume{
		Volume: &csi.VolumeContentSource_VolumeSource{VolumeId: "pvc-a"},
	}}
	must(t, d.create("restored", 2*gibibyte, fromSnapshot))
	must(t, d.create("clone", 3*gibibyte, fromVolume))
	for id, want := range map[string]string{"pvc-restored": "then", "pvc-clone": "now"} {
		if text, err := os.ReadFile(d.file(id)); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", id, text, err)
		}
	}
	if err := d.create("small", gibibyte, fromSnapshot); status.Code(err) != codes.OutOfRange {
		t.Errorf("a smaller one: %v", err)
	}
	listed, err := d.ListSnapshots(context.Background(), &csi.ListSnapshotsRequest{SnapshotId: "s"})
	must(t, err)
	if len(listed.Entries) != 1 {
		t.Errorf("%v", listed)
	}
}

func TestFaultsMeetTheirClaimsOnly(t *testing.T) {
	d := newDriver(t)
	ctx := context.Background()
	must(t, d.create("a", gibibyte, nil))
	must(t, d.create("b", gibibyte, nil))
	codeOf := func(claim string) codes.Code {
		_, err := d.expand(ctx, claim, gibibyte)
		return status.Code(err)
	}
	for _, step := range []struct {
		line string
		a, b codes.Code
	}{
		{"expand fail", codes.Internal, codes.Internal},
		{"expand none demo/a", codes.OK, codes.Internal},
		{"expand infeasible */a", codes.OutOfRange, codes.Internal},
		{"expand fail pvc-b", codes.OutOfRange, codes.Internal},
		{"expand none demo/*", codes.OK, codes.OK},
		{"delete fail", codes.OK, codes.OK},
		{"expand fail other/*", codes.OK, codes.OK},
		{"expand fail demo/?", codes.Internal, codes.Internal},
		{"none", codes.OK, codes.OK},
	} {
		must(t, d.faults.set(step.line))
		if a, b := codeOf("a"), codeOf("b"); a != step.a || b != step.b {
			t.Errorf("after %q: %v and %v", step.line, a, b)
		}
	}
}

func TestHangingEndsWithTheFault(t *testing.T) {
	d := newDriver(t)
	must(t, d.create("a", gibibyte, nil))
	must(t, d.faults.set("expand hang"))
	short, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := d.expand(short, "a", gibibyte); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it answers: %v", err)
	}
	answered := make(chan error)
	go func() {
		_, err := d.expand(context.Background(), "a", gibibyte)
		answered <- err
	}()
	must(t, d.faults.set("expand needs-node"))
	must(t, <-answered)
	if reply, err := d.expand(context.Background(), "a", gibibyte); err != nil || !reply.NodeExpansionRequired {
		t.Errorf("%v, %v", reply, err)
	}
}

func TestSnapshotIsReadyAfterItsTime(t *testing.T) {
	d := newDriver(t)
	must(t, d.create("a", gibibyte, nil))
	ready := func() bool {
		made, err := d.CreateSnapshot(context.Background(), &csi.CreateSnapshotRequest{Name: "s", SourceVolumeId: "pvc-a"})
		must(t, err)
		return made.Snapshot.ReadyToUse
	}
	for line, want := range map[string]bool{"slow 1h": false, "slow 1ns": true, "never-ready": false, "none": true} {
		must(t, d.faults.set("snapshot "+line))
		if got := ready(); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}

func TestLinesThatAreNoFaults(t *testing.T) {
	f := newFaults()
	for _, line := range []string{
		"", "expand", "grow fail", "expand broken", "expand never-ready", "snapshot needs-node", "expand slow",
		"expand slow x", "expand fail a b", "expand fail [",
	} {
		if err := f.set(line); err == nil || len(f.current) > 0 {
			t.Errorf("%q is taken", line)
		}
	}
}

func TestAttributes(t *testing.T) {
	for value, want := range map[string]bool{"1": true, "100000": true, "0": false, "x": false} {
		if err := checkAttributes(map[string]string{"iops": value}); (err == nil) != want {
			t.Errorf("%s: %v", value, err)
		}
	}
	if err := checkAttributes(map[string]string{"colour": "red"}); err == nil || !strings.Contains(err.Error(), "colour") {
		t.Errorf("%v", err)
	}
}
