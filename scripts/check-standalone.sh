#!/usr/bin/env bash
# check-standalone.sh [BINARY] - proves that the release binary works when only it is copied to a machine.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

binary=${1:-dist/synthdata-infra}
[[ -x $binary ]] || fail "$binary does not exist: run scripts/build-release.sh"

# libstdc++, libm and libgcc_s belong to every Debian that runs programs written in C++.
allowed='^(linux-vdso|ld-linux-[a-z0-9-]+|libc|libm|libstdc\+\+|libgcc_s)\.so'
needed=$(readelf --dynamic --wide "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
loaded=$(ldd "$binary" | awk '{ sub(".*/", "", $1); print $1 }')
if unexpected=$(printf '%s\n' "$needed" "$loaded" | sort --unique | grep --invert-match --extended-regexp "$allowed"); then
    fail "$binary needs libraries that another machine may lack: ${unexpected//$'\n'/ }"
fi
say "Shared libraries: ${needed//$'\n'/ }"

scratch=$(mktemp --directory)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin" "$scratch/home"
cp "$binary" "$scratch/bin/"

# alone ARGUMENTS... - runs the copy with an empty environment in an empty folder.
alone() {
    local name
    name=$(basename "$binary")
    (cd "$scratch/home" && env --ignore-environment HOME="$scratch/home" "$scratch/bin/$name" "$@") \
        >"$scratch/output" 2>"$scratch/errors" </dev/null || {
        cat "$scratch/errors" >&2
        fail "failed with exit code $? when alone: $name $*"
    }
    [[ -s $scratch/output || -s $scratch/errors ]] || fail "printed nothing when alone: $name $*"
    say "Works alone: $name $*"
}

alone --version
alone profiles list
alone render --type tabular --name demo
trap '(alone destroy demo --delete-data) || true; rm -rf "$scratch"' EXIT
alone deploy --type tabular --name demo --timeout 1m
alone status demo
