#!/usr/bin/env bash
# Takes back what `scale --for` set, wherever its time is over. Run it every few minutes.
# shellcheck source=examples/ci/ci/settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

synthdata-infra scale --expire "${target[@]}" --junit "$OUT/expire.xml" "${annotations[@]}"
