#!/usr/bin/env bash
# Applies $OUT/plan.json: exactly that, or nothing where the services have changed since. A release that fails is taken
# back; what is known of the failure is in $OUT/evidence.
# shellcheck source=examples/ci/ci/settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

synthdata-infra deploy --plan "$OUT/plan.json" --rollback-on-failure --evidence "$OUT/evidence" \
    --junit "$OUT/deploy.xml" --timeout "${TIMEOUT:-10m}" "${annotations[@]}"
