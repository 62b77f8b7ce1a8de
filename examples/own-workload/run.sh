#!/usr/bin/env bash
# Your own program instead of the reference workload.
#
# hello.py is an HTTP service of one file. It listens on PORT, answers /healthz and /readyz, and stops on SIGTERM:
# nothing else is asked of a workload. This deploys it, scales it, and replaces its version while it serves.
# Run it in this folder with `synthdata-infra` on PATH; it needs python3.
set -euo pipefail

answers=$(mktemp)
trap 'synthdata-infra destroy hello --delete-data 2>/dev/null || true; rm -f "$answers"' EXIT

echo "--- Deploy"
synthdata-infra deploy -f service.yaml
endpoint=$(synthdata-infra status hello -o json | python3 -c 'import json, sys; print(json.load(sys.stdin)["items"][0]["endpoint"])')

# ask N - the answers of N requests, counted.
ask() {
    for ((i = 0; i < $1; i++)); do
        python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())' "$endpoint"
    done | sort | uniq --count | tee "$answers"
}

ask 1
grep --quiet 'version 1.0.0' "$answers"

echo "--- Scale to three: the endpoint spreads requests over them"
synthdata-infra scale --service hello --replicas 3
ask 12
[[ $(wc -l <"$answers") == 3 ]]

echo "--- Roll out a new version: the replicas are replaced one by one, three of them stay"
synthdata-infra deploy -f service.yaml --version 2.0.0 --set 'deployment.env[0]={name: GREETING, value: Welcome}'
ask 12
grep --quiet 'Welcome .* version 2.0.0' "$answers"
if grep --quiet 'version 1.0.0' "$answers"; then
    echo "an old replica still answers" >&2
    exit 1
fi

echo "--- What the replicas wrote"
synthdata-infra logs hello --tail 3
synthdata-infra history hello
