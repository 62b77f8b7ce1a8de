#!/usr/bin/env bash
# The pipeline for a machine without a forge: cron, Jenkins, a Makefile.
#
#     pipeline.sh review     what a change would do
#     pipeline.sh release    plan, and apply that plan
#     pipeline.sh nightly    look for drift, and take back scalings that are over
set -euo pipefail
cd "$(dirname "$0")"

ci/setup.sh
case ${1:-} in
    review) ci/plan.sh ;;
    release)
        ci/plan.sh
        ci/deploy.sh
        ;;
    nightly)
        ci/expire.sh
        ci/drift.sh
        ;;
    *)
        echo "usage: pipeline.sh review|release|nightly" >&2
        exit 2
        ;;
esac
