package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// options are the flags of `up`.
type options struct {
	stateDirectory   string
	nodes            int
	featureGates     string
	controllerQPS    int
	audit            bool
	extraFlags       extraFlags
	csi              bool
	untilStdinCloses bool
}

func (o *options) register(flags *pflag.FlagSet) {
	o.extraFlags = extraFlags{}
	flags.StringVar(&o.stateDirectory, "state-dir", "", "where everything is kept; a temporary directory, removed at the end, when not given")
	flags.IntVar(&o.nodes, "nodes", 3, "how many nodes to create, spread over three zones")
	flags.StringVar(&o.featureGates, "feature-gates", "", "feature gates of the API server and the controller manager, A=true,B=false")
	flags.IntVar(&o.controllerQPS, "kcm-qps", 500, "client QPS of the controller manager, with a burst of twice as much; 0 leaves the default of Kubernetes, 20 and 30")
	flags.BoolVar(&o.audit, "audit", true, "write what clients other than the control plane itself ask for to audit.log")
	flags.BoolVar(&o.csi, "csi", false, "with a CSI driver, its sidecars, the snapshot controller, and classes for all of them")
	flags.Var(o.extraFlags, "extra-flags", "one more flag for one component, COMPONENT=--FLAG=VALUE; may be given many times")
	flags.BoolVar(&o.untilStdinCloses, "until-stdin-closes", false, "end when standard input does, so that nothing is left when the process that started this one dies")
}

// components are the parts to run in the order they start in; they stop in the reverse order.
func (o *options) components() []string {
	if o.csi {
		return slices.Concat(componentNames, csiNames)
	}
	return componentNames
}

// extraFlags are the flags given with --extra-flags, by component.
type extraFlags map[string][]string

func (e extraFlags) Type() string { return "component=flag" }

func (e extraFlags) String() string { return "" }

// Set adds one COMPONENT=--FLAG=VALUE.
func (e extraFlags) Set(text string) error {
	component, flag, found := strings.Cut(text, "=")
	if !found || !strings.HasPrefix(flag, "--") {
		return fmt.Errorf("%q is not COMPONENT=--FLAG=VALUE", text)
	}
	if known := slices.Concat(componentNames, csiNames); !slices.Contains(known, component) {
		return fmt.Errorf("%q is none of %s", component, strings.Join(known, ", "))
	}
	e[component] = append(e[component], flag)
	return nil
}
