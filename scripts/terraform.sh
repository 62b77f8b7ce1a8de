#!/usr/bin/env bash
# Looks for Terraform and the provider of AWS that rendered configurations name, and prints the program's path, or
# `none` and why the tests that validate and apply configurations are left out.
#
# The provider comes from where Terraform's own CLI configuration has it from, or from the folder of a filesystem
# mirror that TERRAFORM_PLUGINS names. TERRAFORM=required makes it an error that one of them is missing.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

settings=templates/terraform/aws/settings.yaml

# missing WORDS... - ends the script: with `none`, or with an error where Terraform is required.
missing() {
    [[ ${TERRAFORM:-} != required ]] || fail "$*"
    say "$*: what is rendered for Terraform is NOT validated or applied"
    echo none
    exit
}

# try_provider PROGRAM FOLDER - whether the provider of the templates can be had.
try_provider() {
    local version
    version=$(sed -n 's/^ *aws: {source: hashicorp\/aws, version: \(.*\)}$/\1/p' "$settings")
    [[ -n $version ]] || fail "$settings pins no version of hashicorp/aws"
    if [[ -n ${TERRAFORM_PLUGINS:-} ]]; then
        printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' "$TERRAFORM_PLUGINS" >"$2/cli.tfrc"
        export TF_CLI_CONFIG_FILE=$2/cli.tfrc
    fi
    printf '{"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "%s"}}}}\n' \
        "$version" >"$2/main.tf.json"
    CHECKPOINT_DISABLE=1 timeout 300 "$1" -chdir="$2" init -no-color -input=false >"$2/log" 2>&1
}

program=$(command -v terraform) || missing "terraform is not installed"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! try_provider "$program" "$folder"; then
    cat "$folder/log" >&2
    missing "terraform cannot install hashicorp/aws (TERRAFORM_PLUGINS can name the folder of a mirror)"
fi
echo "$program"
