#!/usr/bin/env bash
# Makes a runner ready: the tool on PATH, and a kubeconfig where a secret holds one.
#
# SYNTHDATA_INFRA_URL and SYNTHDATA_INFRA_SHA256 name the program for runners that do not have it; KUBECONFIG_DATA is
# the text of a kubeconfig (GitLab hands one over as a file by itself: a variable KUBECONFIG of type "File").
# shellcheck source=examples/ci/ci/settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

if ! command -v synthdata-infra >/dev/null; then
    : "${SYNTHDATA_INFRA_URL:?the tool is not installed, and SYNTHDATA_INFRA_URL does not say where it is}"
    : "${SYNTHDATA_INFRA_SHA256:?SYNTHDATA_INFRA_SHA256 has to name the digest of the tool}"
    folder=$HOME/.local/bin
    mkdir -p "$folder"
    curl --fail --silent --show-error --location --output "$folder/synthdata-infra.new" "$SYNTHDATA_INFRA_URL"
    echo "$SYNTHDATA_INFRA_SHA256  $folder/synthdata-infra.new" | sha256sum --check --quiet
    chmod 755 "$folder/synthdata-infra.new"
    mv "$folder/synthdata-infra.new" "$folder/synthdata-infra"
    [[ -z ${GITHUB_PATH:-} ]] || echo "$folder" >>"$GITHUB_PATH"
    export PATH=$folder:$PATH
fi

if [[ -n ${KUBECONFIG_DATA:-} ]]; then
    file=$HOME/.kube/pipeline
    mkdir -p "$HOME/.kube"
    (umask 077 && printf '%s\n' "$KUBECONFIG_DATA" >"$file")
    [[ -z ${GITHUB_ENV:-} ]] || echo "KUBECONFIG=$file" >>"$GITHUB_ENV"
fi
synthdata-infra --version
