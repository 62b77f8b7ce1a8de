#!/usr/bin/env bash
# What a deployment would do, for whoever reviews it: shown, and saved as $OUT/plan.json. Changes nothing.
# shellcheck source=examples/ci/ci/settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

synthdata-infra validate -f services --provider "$PROVIDER" --junit "$OUT/validate.xml" "${annotations[@]}"
synthdata-infra diff -f services --provider "$PROVIDER" --save "$OUT/plan.json" --junit "$OUT/plan.xml" \
    "${annotations[@]}" | tee "$OUT/plan.txt"
