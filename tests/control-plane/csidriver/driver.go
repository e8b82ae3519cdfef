// Package csidriver is a CSI driver whose volumes are directories of this machine. It has no node part: a simulated
// kubelet mounts nothing. The upstream sidecars drive it as they drive any other, and it fails when a test says so.
package csidriver

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Name is what the driver is called in storage classes and volumes.
const Name = "csi.control-plane.kubectl-sts.io"

// driver answers what the sidecars ask.
type driver struct {
	csi.UnimplementedIdentityServer
	csi.UnimplementedControllerServer
	store  *store
	faults *faults
}

// Serve answers the sidecars on the socket, and on the address whether it is healthy and what shall go wrong. Volumes
// and snapshots are below the root.
func Serve(socket, address, root string) error {
	store, err := newStore(root)
	if err != nil {
		return err
	}
	_ = os.Remove(socket)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	d := &driver{store: store, faults: newFaults()}
	server := grpc.NewServer(grpc.UnaryInterceptor(logCall))
	csi.RegisterIdentityServer(server, d)
	csi.RegisterControllerServer(server, d)
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(listener) }()
	go func() { failed <- d.serveControl(address) }()
	return <-failed
}

// serveControl answers whether the driver is healthy, and takes faults.
func (d *driver) serveControl(address string) error {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	routes.HandleFunc("POST /fault", func(w http.ResponseWriter, r *http.Request) {
		line, err := io.ReadAll(r.Body)
		if err == nil {
			err = d.faults.set(string(line))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Printf("%s fault %s\n", now(), line)
	})
	server := &http.Server{Addr: address, Handler: routes, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}

func now() string { return time.Now().Format("15:04:05.000") }

// logCall writes a line for every call that does something.
func logCall(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	reply, err := handler(ctx, request)
	switch request.(type) {
	case *csi.ProbeRequest, *csi.GetPluginInfoRequest, *csi.GetPluginCapabilitiesRequest, *csi.ControllerGetCapabilitiesRequest:
	default:
		fmt.Printf("%s %s {%v}: %v\n", now(), info.FullMethod, request, err)
	}
	return reply, err
}

func (d *driver) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: Name, VendorVersion: "1"}, nil
}

func (d *driver) Probe(context.Context, *csi.ProbeRequest) (*csi.ProbeResponse, error) {
	return &csi.ProbeResponse{}, nil
}

func (d *driver) GetPluginCapabilities(context.Context, *csi.GetPluginCapabilitiesRequest) (*csi.GetPluginCapabilitiesResponse, error) {
	return &csi.GetPluginCapabilitiesResponse{Capabilities: []*csi.PluginCapability{
		{Type: &csi.PluginCapability_Service_{Service: &csi.PluginCapability_Service{
			Type: csi.PluginCapability_Service_CONTROLLER_SERVICE,
		}}},
		{Type: &csi.PluginCapability_VolumeExpansion_{VolumeExpansion: &csi.PluginCapability_VolumeExpansion{
			Type: csi.PluginCapability_VolumeExpansion_ONLINE,
		}}},
	}}, nil
}

func (d *driver) ControllerGetCapabilities(context.Context, *csi.ControllerGetCapabilitiesRequest) (*csi.ControllerGetCapabilitiesResponse, error) {
	reply := &csi.ControllerGetCapabilitiesResponse{}
	for _, capability := range []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME,
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_SNAPSHOT,
		csi.ControllerServiceCapability_RPC_LIST_SNAPSHOTS,
		csi.ControllerServiceCapability_RPC_CLONE_VOLUME,
		csi.ControllerServiceCapability_RPC_EXPAND_VOLUME,
		csi.ControllerServiceCapability_RPC_MODIFY_VOLUME,
		csi.ControllerServiceCapability_RPC_SINGLE_NODE_MULTI_WRITER,
	} {
		reply.Capabilities = append(reply.Capabilities, &csi.ControllerServiceCapability{
			Type: &csi.ControllerServiceCapability_Rpc{Rpc: &csi.ControllerServiceCapability_RPC{Type: capability}},
		})
	}
	return reply, nil
}

func (d *driver) CreateVolume(ctx context.Context, request *csi.CreateVolumeRequest) (*csi.CreateVolumeResponse, error) {
	wanted := volume{
		ID:         request.GetName(),
		Bytes:      request.GetCapacityRange().GetRequiredBytes(),
		Namespace:  request.GetParameters()["csi.storage.k8s.io/pvc/namespace"],
		Claim:      request.GetParameters()["csi.storage.k8s.io/pvc/name"],
		Attributes: request.GetMutableParameters(),
	}
	if err := d.faults.meet(ctx, opCreate, wanted); err != nil {
		return nil, err
	}
	if err := checkAttributes(wanted.Attributes); err != nil {
		return nil, err
	}
	source := request.GetVolumeContentSource()
	made, err := d.store.createVolume(wanted, source.GetVolume().GetVolumeId(), source.GetSnapshot().GetSnapshotId())
	if err != nil {
		return nil, err
	}
	return &csi.CreateVolumeResponse{Volume: &csi.Volume{VolumeId: made.ID, CapacityBytes: made.Bytes, ContentSource: source}}, nil
}

func (d *driver) DeleteVolume(ctx context.Context, request *csi.DeleteVolumeRequest) (*csi.DeleteVolumeResponse, error) {
	if victim, err := d.store.volume(request.GetVolumeId()); err == nil {
		if err := d.faults.meet(ctx, opDelete, victim); err != nil {
			return nil, err
		}
	}
	return &csi.DeleteVolumeResponse{}, d.store.deleteVolume(request.GetVolumeId())
}

func (d *driver) ControllerExpandVolume(ctx context.Context, request *csi.ControllerExpandVolumeRequest) (*csi.ControllerExpandVolumeResponse, error) {
	grown, err := d.store.volume(request.GetVolumeId())
	if err != nil {
		return nil, err
	}
	if err := d.faults.meet(ctx, opExpand, grown); err != nil {
		return nil, err
	}
	grown, err = d.store.changeVolume(grown.ID, func(v *volume) {
		v.Bytes = max(v.Bytes, request.GetCapacityRange().GetRequiredBytes())
	})
	if err != nil {
		return nil, err
	}
	now, _ := d.faults.of(opExpand, grown)
	return &csi.ControllerExpandVolumeResponse{
		CapacityBytes: grown.Bytes, NodeExpansionRequired: now.kind == kindNeedsNode,
	}, nil
}

func (d *driver) ControllerModifyVolume(ctx context.Context, request *csi.ControllerModifyVolumeRequest) (*csi.ControllerModifyVolumeResponse, error) {
	changed, err := d.store.volume(request.GetVolumeId())
	if err != nil {
		return nil, err
	}
	if err := d.faults.meet(ctx, opModify, changed); err != nil {
		return nil, err
	}
	if err := checkAttributes(request.GetMutableParameters()); err != nil {
		return nil, err
	}
	_, err = d.store.changeVolume(changed.ID, func(v *volume) { v.Attributes = request.GetMutableParameters() })
	return &csi.ControllerModifyVolumeResponse{}, err
}

// checkAttributes knows one attribute of volumes, a number of operations per second.
func checkAttributes(attributes map[string]string) error {
	for key, value := range attributes {
		if key != "iops" {
			return status.Errorf(codes.InvalidArgument, "unknown attribute %q", key)
		}
		if number, err := strconv.Atoi(value); err != nil || number < 1 || number > 100_000 {
			return status.Errorf(codes.InvalidArgument, "iops %q is not a number from 1 to 100000", value)
		}
	}
	return nil
}

func (d *driver) CreateSnapshot(ctx context.Context, request *csi.CreateSnapshotRequest) (*csi.CreateSnapshotResponse, error) {
	source, err := d.store.volume(request.GetSourceVolumeId())
	if err != nil {
		return nil, err
	}
	if err := d.faults.meet(ctx, opSnapshot, source); err != nil {
		return nil, err
	}
	made, err := d.store.createSnapshot(request.GetName(), source)
	if err != nil {
		return nil, err
	}
	return &csi.CreateSnapshotResponse{Snapshot: d.report(made)}, nil
}

// report is what is said of a snapshot: it may be there and not ready yet, as with drivers that upload.
func (d *driver) report(s snapshot) *csi.Snapshot {
	return &csi.Snapshot{
		SnapshotId:     s.ID,
		SourceVolumeId: s.Source.ID,
		SizeBytes:      s.Source.Bytes,
		CreationTime:   timestamppb.New(s.Created),
		ReadyToUse:     d.faults.ready(s),
	}
}

func (d *driver) DeleteSnapshot(ctx context.Context, request *csi.DeleteSnapshotRequest) (*csi.DeleteSnapshotResponse, error) {
	if victim, err := d.store.snapshot(request.GetSnapshotId()); err == nil {
		if err := d.faults.meet(ctx, opDeleteSnapshot, victim.Source); err != nil {
			return nil, err
		}
	}
	return &csi.DeleteSnapshotResponse{}, d.store.deleteSnapshot(request.GetSnapshotId())
}

func (d *driver) ListSnapshots(_ context.Context, request *csi.ListSnapshotsRequest) (*csi.ListSnapshotsResponse, error) {
	reply := &csi.ListSnapshotsResponse{}
	all, err := d.store.snapshots()
	for _, s := range slices.DeleteFunc(all, func(s snapshot) bool {
		return differs(request.GetSnapshotId(), s.ID) || differs(request.GetSourceVolumeId(), s.Source.ID)
	}) {
		reply.Entries = append(reply.Entries, &csi.ListSnapshotsResponse_Entry{Snapshot: d.report(s)})
	}
	return reply, err
}

// differs is whether something is asked for and this is not it.
func differs(wanted, is string) bool { return wanted != "" && wanted != is }
