#!/bin/sh
# Builds the control plane into target/control-plane/ of the repository, unless it is there and newer than its sources.
# The first build takes some minutes and downloads about a gigabyte of Go modules; later ones take seconds.
set -eu
cd "$(dirname "$0")"
binary=${1:-../../target/control-plane/control-plane}
if [ -x "$binary" ] && [ -z "$(find . -type f -newer "$binary" | head -n 1)" ]; then
	exit 0
fi
command -v go >/dev/null || { echo "build.sh: the control plane needs Go to build, see https://go.dev/dl" >&2; exit 1; }
echo "building the control plane (a first build takes minutes)" >&2
mkdir -p "$(dirname "$binary")"
package=k8s.io/component-base/version
CGO_ENABLED=0 go build -trimpath \
	-ldflags "-s -w -X $package.gitVersion=v1.37.0 -X $package.gitMajor=1 -X $package.gitMinor=37" \
	-o "$binary" .
