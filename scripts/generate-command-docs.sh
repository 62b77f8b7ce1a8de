#!/usr/bin/env bash
# Writes docs/commands.md from the help of the debug build.
#
# usage: generate-command-docs.sh [--check]     --check only tells, by its exit code, whether the file is up to date
# SYNTHDATA_INFRA names another program to ask.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

program=${SYNTHDATA_INFRA:-$(swift build --show-bin-path "${BUILD_FLAGS[@]}")/synthdata-infra}
[[ -x $program ]] || fail "there is no program at $program; run \`swift build\` first"
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT

"$program" --experimental-dump-help | python3 scripts/command-docs.py >"$fresh"
if [[ ${1:-} == --check ]]; then
    diff --unified docs/commands.md "$fresh" >&2 || fail "docs/commands.md is not what the help says; run $0"
else
    cat "$fresh" >docs/commands.md
fi
