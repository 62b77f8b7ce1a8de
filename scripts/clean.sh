#!/usr/bin/env bash
# Removes everything that the other scripts made.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

rm -rf .build .build-cov .build-static .cache .venv dist
