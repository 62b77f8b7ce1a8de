#!/usr/bin/env bash
# A fleet: a folder with six services, one for each data type.
#
# Validates the whole folder, renders it for AWS in production, then deploys one of the services on this machine.
# The same files serve all three. Run it in this folder with `synthdata-infra` on PATH.
set -euo pipefail

out=$(mktemp --directory)
trap 'synthdata-infra destroy support-dialogues --delete-data 2>/dev/null || true; rm -rf "$out"' EXIT

echo "--- All six are valid, on this machine and in production on AWS"
synthdata-infra validate -f services
synthdata-infra validate -f services --provider aws --environment production

echo "--- Rendered for AWS: a folder for each service, a file for each object"
synthdata-infra render -f services --provider aws --environment production --output-dir "$out/aws"
(cd "$out/aws" && find . -name '*deployment*' | sort | tee "$out/deployments")
[[ $(wc -l <"$out/deployments") == 6 ]]

echo "--- The same input gives the same bytes"
synthdata-infra render -f services --provider aws --environment production >"$out/first.yaml"
synthdata-infra render -f services --provider aws --environment production >"$out/second.yaml"
cmp "$out/first.yaml" "$out/second.yaml"

echo "--- The video service asks for two GPUs"
synthdata-infra render -f services/video.yaml --provider aws --environment production >"$out/video.yaml"
grep 'nvidia.com/gpu: .*2' "$out/video.yaml"

echo "--- One of the six, on this machine"
synthdata-infra deploy -f services/text.yaml
synthdata-infra status | tee "$out/status"
grep --quiet 'support-dialogues .* healthy' "$out/status"
