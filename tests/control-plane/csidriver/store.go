package csidriver

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// volume is what is known of a volume beside its files.
type volume struct {
	ID         string            `json:"id"`
	Bytes      int64             `json:"bytes"`
	Namespace  string            `json:"namespace,omitempty"`
	Claim      string            `json:"claim,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// snapshot is what is known of a snapshot beside its files, with the volume as it was.
type snapshot struct {
	ID      string    `json:"id"`
	Source  volume    `json:"source"`
	Created time.Time `json:"created"`
}

// store keeps volumes and snapshots: volumes/ID/ has the files of a volume, volumes/ID.json what is known of it, and
// the same with snapshots/. All of it is on disk, so a driver that is killed forgets nothing.
type store struct {
	root  string
	mutex sync.Mutex
}

func newStore(root string) (*store, error) {
	for _, kind := range []string{"volumes", "snapshots"} {
		if err := os.MkdirAll(filepath.Join(root, kind), 0o700); err != nil {
			return nil, err
		}
	}
	return &store{root: root}, nil
}

// VolumeDirectory is where the files of a volume are.
func VolumeDirectory(root, id string) string { return filepath.Join(root, "volumes", id) }

func (s *store) volumeDirectory(id string) string { return VolumeDirectory(s.root, id) }

func (s *store) snapshotDirectory(id string) string { return filepath.Join(s.root, "snapshots", id) }

// volume reads what is known of a volume.
func (s *store) volume(id string) (volume, error) { return read[volume](s.volumeDirectory(id)) }

// snapshot reads what is known of a snapshot.
func (s *store) snapshot(id string) (snapshot, error) { return read[snapshot](s.snapshotDirectory(id)) }

// createVolume makes a volume, empty or with the files of a volume or a snapshot. One that is there already is left
// as it is.
func (s *store) createVolume(v volume, fromVolume, fromSnapshot string) (volume, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if made, err := s.volume(v.ID); err == nil {
		if made.Bytes < v.Bytes {
			return volume{}, status.Errorf(codes.AlreadyExists, "volume %s is there with %d bytes", v.ID, made.Bytes)
		}
		return made, nil
	}
	var source volume
	var files string
	var err error
	switch {
	case fromVolume != "":
		source, err = s.volume(fromVolume)
		files = s.volumeDirectory(fromVolume)
	case fromSnapshot != "":
		var taken snapshot
		taken, err = s.snapshot(fromSnapshot)
		source, files = taken.Source, s.snapshotDirectory(fromSnapshot)
	}
	if err != nil {
		return volume{}, err
	}
	if v.Bytes < source.Bytes {
		return volume{}, status.Errorf(codes.OutOfRange, "%d bytes are fewer than the %d of the source", v.Bytes, source.Bytes)
	}
	return v, create(s.volumeDirectory(v.ID), files, v)
}

// changeVolume changes what is known of a volume.
func (s *store) changeVolume(id string, change func(*volume)) (volume, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	v, err := s.volume(id)
	if err != nil {
		return volume{}, err
	}
	change(&v)
	return v, write(s.volumeDirectory(id), v)
}

// deleteVolume removes a volume with its files; one that is gone already is no error.
func (s *store) deleteVolume(id string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return remove(s.volumeDirectory(id))
}

// createSnapshot copies the files of a volume. A snapshot that is there already is left as it is.
func (s *store) createSnapshot(id string, source volume) (snapshot, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if made, err := s.snapshot(id); err == nil {
		return made, nil
	}
	made := snapshot{ID: id, Source: source, Created: time.Now()}
	return made, create(s.snapshotDirectory(id), s.volumeDirectory(source.ID), made)
}

// deleteSnapshot removes a snapshot with its files; one that is gone already is no error.
func (s *store) deleteSnapshot(id string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return remove(s.snapshotDirectory(id))
}

// snapshots are all there are.
func (s *store) snapshots() ([]snapshot, error) {
	records, err := filepath.Glob(s.snapshotDirectory("*.json"))
	if err != nil {
		return nil, err
	}
	var all []snapshot
	for _, record := range records {
		one, err := read[snapshot](strings.TrimSuffix(record, ".json"))
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// create makes a directory with a copy of the files, if there are any to copy, and the record beside it. The record
// comes last: without one the directory counts for nothing and is made anew.
func create(directory, files string, record any) error {
	if err := checkName(directory); err != nil {
		return err
	}
	if err := os.RemoveAll(directory); err != nil {
		return err
	}
	if err := os.Mkdir(directory, 0o700); err != nil {
		return err
	}
	if files != "" {
		if err := os.CopyFS(directory, os.DirFS(files)); err != nil {
			return err
		}
	}
	return write(directory, record)
}

// remove removes a directory and its record, the record last.
func remove(directory string) error {
	if err := checkName(directory); err != nil {
		return err
	}
	if err := os.RemoveAll(directory); err != nil {
		return err
	}
	if err := os.Remove(directory + ".json"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// checkName refuses an identifier that would lead somewhere else.
func checkName(directory string) error {
	parent := filepath.Base(filepath.Dir(directory))
	if parent != "volumes" && parent != "snapshots" {
		return status.Error(codes.InvalidArgument, "the identifier is not a name")
	}
	return nil
}

// read reads the record beside a directory.
func read[T any](directory string) (T, error) {
	var record T
	text, err := os.ReadFile(directory + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return record, status.Errorf(codes.NotFound, "there is no %s", filepath.Base(directory))
	}
	if err != nil {
		return record, err
	}
	return record, json.Unmarshal(text, &record)
}

// write writes the record beside a directory, whole or not at all.
func write(directory string, record any) error {
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	next := directory + ".next"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	return os.Rename(next, directory+".json")
}
