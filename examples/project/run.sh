#!/usr/bin/env bash
# A project: the team's own layers in synthdata/, over the built-in profiles and under the services.
#
# Nothing here is deployed: this is about where values come from. The same service gets other values in another
# environment and on another provider, and `config explain` tells which line set each of them.
# Run it in this folder with `synthdata-infra` on PATH.
set -euo pipefail

out=$(mktemp --directory)
trap 'rm -rf "$out"' EXIT

# explain ARGUMENTS... - shows where a value of the service comes from, and keeps it in $out/explained.
explain() {
    synthdata-infra config explain -f services "$@" | tee "$out/explained"
}

# told WORDS - fails when the last explanation does not have these words.
told() {
    grep --quiet --extended-regexp -- "$1" "$out/explained" || {
        echo "expected: $1" >&2
        exit 1
    }
}

echo "--- Here, in development: the team's layer for laptops wins"
explain resources.memory
told '^resources.memory = 1Gi$'
told 'profiles/base.yaml:[0-9]+:[0-9]+ +8Gi$'
told 'synthdata/environments/development.yaml:[0-9]+:[0-9]+ +1Gi$'

echo "--- In production on AWS: that layer is not read, the data type's profile wins"
explain resources.memory --provider aws --environment production
told '^resources.memory = 16Gi$'

echo "--- The team's layer for production says five replicas; a flag wins over every layer"
explain deployment.replicas --environment production
told '^deployment.replicas = 5$'
explain deployment.replicas --environment production --replicas 2
told '^deployment.replicas = 2$'
told '--replicas +2$'

echo "--- Lists are replaced as a whole"
explain monitoring.alerts.channels --environment production
told 'slack'

echo "--- A mistake is told with its place, the reason and what to write"
mkdir "$out/services"
sed 's/seed: 7/sead: 7/' services/customers.yaml >"$out/services/customers.yaml"
if synthdata-infra validate -f "$out/services" >"$out/explained" 2>&1; then
    echo "the mistake was not found" >&2
    exit 1
fi
cat "$out/explained"
# shellcheck disable=SC2016 # the backticks are the message's
told 'customers.yaml:11:7: error: .*`workload.sead`'
# shellcheck disable=SC2016
told 'did you mean `workload.seed`'

echo "--- What production on AWS would get"
synthdata-infra render -f services --provider aws --environment production >"$out/manifests.yaml"
grep --max-count 1 'data.example.com' "$out/manifests.yaml"
grep --max-count 1 'replicas: 5\|minReplicas: 5' "$out/manifests.yaml"
