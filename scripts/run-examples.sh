#!/usr/bin/env bash
# Runs examples/*/run.sh against the debug build, each with a home folder of its own.
#
# An example finds the program as `synthdata-infra` on its PATH and starts in its own folder. Its output is
# shown only when it fails. It has to stop what it started: a process that outlives it is a failure, and is ended.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

# leftovers HOME - the processes that were started with this home folder and still run.
leftovers() {
    local environment pid
    for environment in /proc/[0-9]*/environ; do
        if { tr '\0' '\n' <"$environment" | grep --quiet --line-regexp --fixed-strings "HOME=$1"; } 2>/dev/null; then
            pid=${environment#/proc/}
            echo "${pid%/environ}"
        fi
    done
}

# end_leftovers HOME - ends them; fails when there were any after a grace period for what is still stopping.
end_leftovers() {
    local pids pid deadline=$((SECONDS + 5))
    while
        mapfile -t pids < <(leftovers "$1")
        [[ ${#pids[@]} -gt 0 ]] || return 0
        ((SECONDS < deadline))
    do
        sleep 0.1
    done
    for pid in "${pids[@]}"; do
        printf 'left running: %s (process %s)\n' "$(tr '\0' ' ' <"/proc/$pid/cmdline")" "$pid"
        kill -KILL "$pid" 2>/dev/null || true
    done
    return 1
}

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
    ) >"$home/output" 2>&1 </dev/null && end_leftovers "$home" >>"$home/output"; then
        say "Example $name: passed in $((SECONDS - started)) s"
    else
        status=$?
        end_leftovers "$home" >>"$home/output" || true
        cat "$home/output" >&2
        fail "example $name failed with exit code $status"
    fi
done
