#!/usr/bin/env bash
# The platform's usage examples, through the Swift library instead of the command line.
set -euo pipefail

output=$(mktemp)
# The cluster at AWS is named nowhere here, whatever the machine's own settings are.
env --unset=AWS_REGION --unset=AWS_DEFAULT_REGION AWS_CONFIG_FILE=/dev/null usage-examples >"$output"
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
expect 'Not deployed: error: no region is named [aws.no-region]'
expect 'Deployed at: http://127.0.0.1:'
expect 'Monitoring: http://127.0.0.1:'
expect 'healthy, 2 of 2 replicas'
expect 'Destroyed'
