#!/usr/bin/env bash
# Measures speed and memory against other tools on this machine, and prints each as a ratio of the two
# (docs/performance.md). Exits 1 when a bound is missed.
#
# BENCH_CLUSTER=0 leaves out what needs a Kubernetes control plane.
# BENCH_PEER_TIMEOUT=120 is how many seconds `kubectl kustomize` may take before it is stopped.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

scripts/setup.sh
scripts/build-release.sh >&2
scripts/build-release.sh parse-yaml >&2
cluster=()
if [[ ${BENCH_CLUSTER:-1} != 0 ]]; then
    cluster=(--control-plane "$(scripts/control-plane.sh)")
fi
.venv/bin/python scripts/bench.py --binary dist/synthdata-infra --parser dist/parse-yaml \
    --peer-timeout "${BENCH_PEER_TIMEOUT:-120}" "${cluster[@]}"
