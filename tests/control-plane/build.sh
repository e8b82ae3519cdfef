#!/bin/sh
# Builds the control plane and the CSI sidecars into target/control-plane/ of the repository, unless they are there and
# newer than their sources. The first build takes some minutes and downloads about a gigabyte of Go modules; later ones
# take seconds.
set -eu
cd "$(dirname "$0")"
target=$(cd ../.. && pwd)/target/control-plane
linked="-s -w"

# stale NAME: there is no such program, or a source in the current directory is newer.
stale() {
	[ ! -x "$target/$1" ] ||
		[ -n "$(find . -path ./sidecars -prune -o -type f ! -name '*_test.go' ! -name '*.md' -newer "$target/$1" -print)" ]
}

# build PACKAGE NAME...: go leaves an executable alone that would not change, and so it would stay stale.
build() {
	package=$1
	shift
	if ! command -v go >/dev/null; then
		echo "build.sh: building the control plane needs Go, see https://go.dev/dl" >&2
		exit 1
	fi
	echo "building $*; the first time this takes minutes" >&2
	mkdir -p "$target"
	CGO_ENABLED=0 go build -trimpath -ldflags "$linked" -o "$target/" "$package"
	for built; do touch "$target/$built"; done
}

version=k8s.io/component-base/version
if stale control-plane; then
	linked="$linked -X $version.gitVersion=v1.37.0 -X $version.gitMajor=1 -X $version.gitMinor=37"
	build . control-plane
fi
cd sidecars
linked="-s -w"
sidecars="csi-provisioner csi-resizer csi-snapshotter snapshot-controller"
for name in $sidecars; do
	if stale "$name"; then
		build tool $sidecars
		break
	fi
done
