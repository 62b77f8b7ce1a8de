#!/usr/bin/env bash
# Runs examples/*/run.sh against the debug build, each with a home folder of its own.
#
# An example finds the program as `synthdata-infra` on its PATH and starts in its own folder. Its output is
# shown only when it fails.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

bin_path=$(swift build --show-bin-path "${BUILD_FLAGS[@]}")
scratch=$(mktemp --directory)
trap 'rm -rf "$scratch"' EXIT

shopt -s nullglob
for example in examples/*/; do
    name=$(basename "$example")
    [[ -x $example/run.sh ]] || fail "$name has no executable run.sh"

    home=$scratch/$name
    mkdir -p "$home"/{config,state,data,cache,tmp}
    mkdir -m 700 "$home/run"
    started=$SECONDS
    if (
        cd "$example"
        env --ignore-environment PATH="$bin_path:$PWD/../../.venv/bin:$PATH" LANG=C.UTF-8 HOME="$home" TMPDIR="$home/tmp" \
            XDG_CONFIG_HOME="$home/config" XDG_STATE_HOME="$home/state" XDG_DATA_HOME="$home/data" \
            XDG_CACHE_HOME="$home/cache" XDG_RUNTIME_DIR="$home/run" \
            ./run.sh
    ) >"$home/output" 2>&1 </dev/null; then
        say "Example $name: passed in $((SECONDS - started)) s"
    else
        status=$?
        cat "$home/output" >&2
        fail "example $name failed with exit code $status"
    fi
done
