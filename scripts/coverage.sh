#!/usr/bin/env bash
# Prints the line coverage of every target and of the engine (Foundations, Engine and Providers).
#
# COVERAGE_MIN=85 makes it fail when the engine's coverage is below that many per cent.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

CONTROL_PLANE=${CONTROL_PLANE:-$(scripts/control-plane.sh)}
export CONTROL_PLANE

# A folder of its own: instrumenting the debug build would rebuild it back and forth.
flags=(--enable-code-coverage --scratch-path .build-cov)
say "Building and running the tests with coverage$(first_build .build-cov)"
swift test --parallel --disable-xctest "${flags[@]}"

# SwiftPM has already run its own llvm-cov: one found on PATH may be too old for the profile.
python3 scripts/coverage.py --minimum "${COVERAGE_MIN:-0}" "$(swift test "${flags[@]}" --show-codecov-path)"
