package csidriver

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// What can go wrong.
const (
	opCreate         = "create"
	opDelete         = "delete"
	opExpand         = "expand"
	opModify         = "modify"
	opSnapshot       = "snapshot"
	opDeleteSnapshot = "delete-snapshot"
)

var operations = []string{opCreate, opDelete, opExpand, opModify, opSnapshot, opDeleteSnapshot}

// How it goes wrong.
const (
	kindNone       = "none"
	kindFail       = "fail"        // an error that goes away by itself
	kindInfeasible = "infeasible"  // an error that stays whatever is tried
	kindHang       = "hang"        // no answer until the fault is another one
	kindSlow       = "slow"        // it takes time; a snapshot is there at once and ready after the time
	kindNeverReady = "never-ready" // a snapshot is there and not ready
	kindNeedsNode  = "needs-node"  // a volume has grown, and its node has to grow the file system
)

// fault is one thing that goes wrong, with the volumes of some claims.
type fault struct {
	operation, kind, pattern string
	delay                    time.Duration
}

// faults are what goes wrong now.
type faults struct {
	mutex   sync.Mutex
	current []fault       // a later one goes before an earlier one
	changed chan struct{} // closed when they change
}

func newFaults() *faults { return &faults{changed: make(chan struct{})} }

// set takes one line, OPERATION KIND [DURATION] [PATTERN], which replaces what was said of the same operation and
// pattern. `none` without an operation forgets all.
func (f *faults) set(line string) error {
	next, err := parse(line)
	if err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.current = slices.DeleteFunc(f.current, func(old fault) bool {
		return next.operation == "" || old.operation == next.operation && old.pattern == next.pattern
	})
	if next.operation != "" {
		f.current = append(f.current, next)
	}
	close(f.changed)
	f.changed = make(chan struct{})
	return nil
}

// parse reads one line.
func parse(line string) (fault, error) {
	words := strings.Fields(line)
	if slices.Equal(words, []string{kindNone}) {
		return fault{}, nil
	}
	if len(words) < 2 {
		return fault{}, fmt.Errorf("%q is not OPERATION KIND [DURATION] [PATTERN]", line)
	}
	f := fault{operation: words[0], kind: words[1]}
	words = words[2:]
	kinds := []string{kindNone, kindFail, kindInfeasible, kindHang, kindSlow}
	switch f.operation {
	case opSnapshot:
		kinds = append(kinds, kindNeverReady)
	case opExpand:
		kinds = append(kinds, kindNeedsNode)
	}
	if !slices.Contains(operations, f.operation) {
		return fault{}, fmt.Errorf("%q is none of %s", f.operation, strings.Join(operations, ", "))
	}
	if !slices.Contains(kinds, f.kind) {
		return fault{}, fmt.Errorf("%q is none of %s", f.kind, strings.Join(kinds, ", "))
	}
	if f.kind == kindSlow {
		if len(words) == 0 {
			return fault{}, fmt.Errorf("slow needs a duration, such as 5s")
		}
		delay, err := time.ParseDuration(words[0])
		if err != nil {
			return fault{}, err
		}
		f.delay, words = delay, words[1:]
	}
	switch len(words) {
	case 0:
	case 1:
		f.pattern = words[0]
		if _, err := path.Match(f.pattern, ""); err != nil {
			return fault{}, err
		}
	default:
		return fault{}, fmt.Errorf("%q is more than one pattern", strings.Join(words, " "))
	}
	return f, nil
}

// of is the fault an operation on a volume meets, and what is closed when that changes.
func (f *faults) of(operation string, v volume) (fault, <-chan struct{}) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, one := range slices.Backward(f.current) {
		if one.operation == operation && one.matches(v) {
			return one, f.changed
		}
	}
	return fault{kind: kindNone}, f.changed
}

// matches is whether the pattern means this volume, by NAMESPACE/CLAIM or by its own name. No pattern means all.
func (f fault) matches(v volume) bool {
	claim, _ := path.Match(f.pattern, v.Namespace+"/"+v.Claim)
	name, _ := path.Match(f.pattern, v.ID)
	return f.pattern == "" || claim || name
}

// meet fails or waits as the faults of now say.
func (f *faults) meet(ctx context.Context, operation string, v volume) error {
	for {
		now, changed := f.of(operation, v)
		switch now.kind {
		case kindFail:
			return status.Errorf(codes.Internal, "the storage cannot %s volume %s now", operation, v.ID)
		case kindInfeasible:
			return status.Errorf(infeasible(operation), "the storage cannot %s volume %s in this way", operation, v.ID)
		case kindHang:
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		case kindSlow:
			if operation == opSnapshot {
				return nil
			}
			select {
			case <-time.After(now.delay):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		default:
			return nil
		}
	}
}

// infeasible is the code by which a sidecar knows that to try again is in vain.
func infeasible(operation string) codes.Code {
	if operation == opCreate || operation == opExpand {
		return codes.OutOfRange
	}
	return codes.InvalidArgument
}

// ready is whether a snapshot is ready to be used.
func (f *faults) ready(s snapshot) bool {
	now, _ := f.of(opSnapshot, s.Source)
	switch now.kind {
	case kindNeverReady:
		return false
	case kindSlow:
		return time.Since(s.Created) >= now.delay
	default:
		return true
	}
}
