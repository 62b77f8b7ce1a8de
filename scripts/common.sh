# shellcheck shell=bash
# Sourced first by every script here: strict mode, the root of the repository, and how scripts speak.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A target that imports a module it does not declare does not build. Every debug build passes these flags and no
# others, so that all share one cache.
# shellcheck disable=SC2034 # used by the scripts that source this file
BUILD_FLAGS=(--explicit-target-dependency-import-check error)

# What the formatter lays out and checks.
# shellcheck disable=SC2034
SWIFT_SOURCES=(Package.swift Benchmarks Plugins Sources Tests profiles templates)

# say WORDS... - what happens next, on standard error: standard output is for data.
say() {
    printf '==> %s\n' "$*" >&2
}

# first_build FOLDER - a warning to add to what is said when nothing was built in this folder before.
first_build() {
    [[ -e $1 ]] || printf ' (the first build takes minutes)'
}

# fail WORDS... - ends the script with the reason.
fail() {
    printf '%s: error: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}
