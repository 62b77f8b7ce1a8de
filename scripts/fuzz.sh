#!/usr/bin/env bash
# Feeds the parsers and the template language mutated input, a bounded number of times.
#
# FUZZ_ITERATIONS says how many times, FUZZ_SEED repeats a run.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

scripts/setup.sh
export FUZZ_ITERATIONS=${FUZZ_ITERATIONS:-300000}
export FUZZ_SEED=${FUZZ_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}

say "Fuzzing with FUZZ_SEED=$FUZZ_SEED FUZZ_ITERATIONS=$FUZZ_ITERATIONS"
swift test --disable-xctest --filter MutationTests "${BUILD_FLAGS[@]}" ||
    fail "failed; FUZZ_SEED=$FUZZ_SEED FUZZ_ITERATIONS=$FUZZ_ITERATIONS make fuzz repeats it"
