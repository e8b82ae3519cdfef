#!/bin/sh
# Builds the control plane into target/control-plane/ of the repository, unless it is there and newer than its sources.
# The first build takes some minutes and downloads about a gigabyte of Go modules; later ones take seconds.
set -eu
cd "$(dirname "$0")"
binary=../../target/control-plane/control-plane
sources() { find . -type f ! -name '*_test.go' ! -name '*.md' "$@"; }
if [ -x "$binary" ] && [ -z "$(sources -newer "$binary")" ]; then
	exit 0
fi
if ! command -v go >/dev/null; then
	echo "build.sh: building the control plane needs Go, see https://go.dev/dl" >&2
	exit 1
fi
echo "building the control plane; the first time this takes minutes" >&2
mkdir -p "$(dirname "$binary")"
package=k8s.io/component-base/version
CGO_ENABLED=0 go build -trimpath \
	-ldflags "-s -w -X $package.gitVersion=v1.37.0 -X $package.gitMajor=1 -X $package.gitMinor=37" \
	-o "$binary" .
touch "$binary" # go leaves an executable alone that would not change
