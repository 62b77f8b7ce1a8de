#!/usr/bin/env bash
# A rehearsal of failures, with faults that the reference workload produces on request.
#
# A deployment that cannot succeed ends as soon as that is certain, with the cause, the configuration line and the
# last lines of the log, and exit code 1. The release that served before goes on serving.
# Run it in this folder with `synthdata-infra` on PATH.
set -euo pipefail

out=$(mktemp)
trap 'synthdata-infra destroy orders --delete-data 2>/dev/null || true; rm -f "$out"' EXIT

# doomed ARGUMENTS... - a deployment that must fail with exit code 1; its messages are left in $out.
doomed() {
    local code=0
    synthdata-infra deploy -f services "$@" >"$out" 2>&1 || code=$?
    cat "$out"
    [[ $code == 1 ]] || {
        echo "exit code $code instead of 1" >&2
        exit 1
    }
}

healthy() {
    synthdata-infra status orders -o wide | tee "$out"
    grep --quiet "orders .* healthy .* $1 " "$out"
}

echo "--- A good release first"
synthdata-infra deploy -f services
healthy 1.0.0

echo "--- A release that never becomes ready: what it answered is told"
doomed --version 1.1.0 --set workload.faults.never_ready=true
grep --quiet 'local.never-ready' "$out"
grep --quiet 'answered 503' "$out"

echo "--- A release whose program ends at once: its last words are told; --rollback-on-failure cleans up"
doomed --version 1.2.0 --set 'workload.command=[python3, no-such-file.py]' --rollback-on-failure
grep --quiet 'local.exits' "$out"
grep --quiet 'no-such-file.py' "$out"
grep --quiet 'going back to revision 1' "$out"
healthy 1.0.0

echo "--- A program that does not exist: found out before anything is touched"
doomed --version 1.3.0 --set 'workload.command=[no-such-program]'
grep --quiet 'local.command-not-found' "$out"

echo "--- A replica that crashes later is started again; nobody has to do anything"
synthdata-infra deploy -f services --version 1.4.0 --set workload.faults.exit_after=1500ms
for ((i = 0; i < 40; i++)); do
    restarts=$(synthdata-infra status orders -o json | python3 -c '
import json, sys
print(sum(replica["restarts"] for replica in json.load(sys.stdin)["items"][0]["instances"]))')
    [[ $restarts == 0 ]] || break
    sleep 0.2
done
echo "restarts: $restarts"
[[ $restarts -gt 0 ]]
synthdata-infra history orders
