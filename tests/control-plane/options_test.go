package main

import (
	"slices"
	"testing"

	"github.com/spf13/pflag"
)

func TestFlags(t *testing.T) {
	o := &options{}
	flags := pflag.NewFlagSet("up", pflag.ContinueOnError)
	o.register(flags)
	err := flags.Parse([]string{
		"--extra-flags", "etcd=--a=b=c", "--extra-flags=etcd=--d", "--feature-gates=A=true,B=false", "--kcm-qps=0",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := o.extraFlags["etcd"]; !slices.Equal(got, []string{"--a=b=c", "--d"}) {
		t.Errorf("etcd gets %q", got)
	}
	l := &layout{directory: "/state", ports: map[string]int{}}
	if got := l.arguments("kube-apiserver", o); !slices.Contains(got, "--feature-gates=A=true,B=false") {
		t.Errorf("the API server gets %q", got)
	}
	if got := l.arguments("kube-controller-manager", o); slices.ContainsFunc(got, func(flag string) bool { return flag == "--kube-api-qps=0" }) {
		t.Errorf("the controller manager gets %q", got)
	}
	for _, wrong := range []string{"etcd", "etcd=a", "nobody=--a", "=--a"} {
		if err := (extraFlags{}).Set(wrong); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
