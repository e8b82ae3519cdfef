#!/bin/sh
# Builds the programs this one is compared with into target/tools/ of the repository, each from the Go modules its
# directory here locks, unless they are there. That takes minutes each, the first time.
set -eu
cd "$(dirname "$0")"
tools=$(cd ../.. && pwd)/target/tools
for peer in "$@"; do
	if [ -x "$tools/$peer" ] && [ "$tools/$peer" -nt "$peer/go.sum" ]; then
		continue
	fi
	if ! command -v go >/dev/null; then
		echo "build.sh: building $peer needs Go, see https://go.dev/dl" >&2
		exit 1
	fi
	echo "building $peer; the first time this takes minutes" >&2
	# Not `go install`: these modules replace others, which it refuses.
	(cd "$peer" && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$tools/$peer" "$(sed -n 's/^import _ "\(.*\)"$/\1/p' peer.go)")
	touch "$tools/$peer" # go leaves an executable alone that would not change
done
