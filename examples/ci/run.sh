#!/usr/bin/env bash
# A pipeline's life, played on this machine: review, release, the night, and a plan that is out of date.
# Run it in this folder with `synthdata-infra` on PATH.
set -euo pipefail

OUT=$(mktemp -d)
export OUT PROVIDER=local
trap 'synthdata-infra destroy orders --delete-data 2>/dev/null || true; rm -rf "$OUT"' EXIT

echo "--- A review changes nothing"
./pipeline.sh review
[[ -z $(synthdata-infra status -o name) ]]

echo "--- A release applies the plan that it makes"
./pipeline.sh release
synthdata-infra status orders -o wide

echo "--- The same plan again is out of date"
code=0
ci/deploy.sh || code=$?
[[ $code == 1 ]]

echo "--- At night everything is as deployed"
./pipeline.sh nightly
grep --quiet 'as deployed' "$OUT/drift.txt"
