#!/usr/bin/env bash
# Formats the Swift sources in place.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

swift format --in-place --parallel --recursive "${SWIFT_SOURCES[@]}"
