# shellcheck shell=bash
# shellcheck disable=SC2034  # The scripts that source this one use what it sets.
# Sourced by the other scripts: what they have in common, each changeable from outside.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PROVIDER=${PROVIDER:-onprem}
# The namespace of this project's services, where a cluster has others, too.
target=(--provider "$PROVIDER")
[[ -z ${NAMESPACE:-} ]] || target+=(--namespace "$NAMESPACE")
# Everything that a pipeline keeps: reports, plans, evidence.
OUT=${OUT:-out}
mkdir -p "$OUT"

# Problems are shown beside the lines that they are about.
if [[ ${GITHUB_ACTIONS:-} == true ]]; then
    annotations=(--annotations github)
elif [[ -n ${GITLAB_CI:-} ]]; then
    annotations=(--annotations "gitlab=$OUT/code-quality.json")
else
    annotations=()
fi
