#!/usr/bin/env bash
# Fails, with exit code 3, where somebody has changed what was deployed; who and when is in $OUT/drift.txt.
# shellcheck source=examples/ci/ci/settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

synthdata-infra drift "${target[@]}" --exit-code --junit "$OUT/drift.xml" "${annotations[@]}" |
    tee "$OUT/drift.txt"
