#!/usr/bin/env bash
# The platform's usage examples, through the Swift library instead of the command line.
set -euo pipefail

output=$(mktemp)
usage-examples >"$output"
cat "$output"

# expect TEXT - the programs printed this.
expect() {
    grep --quiet --fixed-strings -- "$1" "$output" || {
        echo "missing in the output: $1" >&2
        exit 1
    }
}

expect 'memory: 32Gi'
expect 'nvidia.com/gpu: "2"'
expect 'storage: 1Ti'
expect 'nvidia.com/gpu: "4"'
expect 'storageClassName: ultra-fast-nvme'
# shellcheck disable=SC2016 # The backticks are the message's own.
expect 'Not deployed: error: this version cannot deploy to `aws` yet [provider.unavailable]'
expect 'Deployed at: http://127.0.0.1:'
expect 'Monitoring: http://127.0.0.1:'
expect 'healthy, 2 of 2 replicas'
expect 'Destroyed'
