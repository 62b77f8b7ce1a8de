#!/usr/bin/env bash
# Looks for Terraform and the provider of AWS that rendered configurations name, and prints the program's path and, in
# a second line, the folder of the mirror that the provider comes from, if there is one; or `none` and why the tests
# that validate and apply configurations are left out.
#
# The provider comes from the folder of a filesystem mirror that TERRAFORM_PLUGINS names; from where Terraform's own CLI
# configuration has it from; or from a mirror where software is usually installed. TERRAFORM=required makes it an error
# that one of them is missing.
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

# installed_mirror VERSION - the folder of a mirror that has this version of the provider; nothing where there is none.
installed_mirror() {
    local found
    found=$(find /opt /usr/local /usr/share -maxdepth 9 -type d \
        -path "*/registry.terraform.io/hashicorp/aws/$1/linux_*" -print -quit 2>/dev/null)
    echo "${found%/registry.terraform.io/*}"
}

# try_provider PROGRAM FOLDER VERSION MIRROR - whether the provider of the templates can be had.
try_provider() {
    local version=$3
    if [[ -n $4 ]]; then
        printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' "$4" >"$2/cli.tfrc"
        export TF_CLI_CONFIG_FILE=$2/cli.tfrc
    fi
    printf '{"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "%s"}}}}\n' \
        "$version" >"$2/main.tf.json"
    CHECKPOINT_DISABLE=1 timeout 300 "$1" -chdir="$2" init -no-color -input=false >"$2/log" 2>&1
}

program=$(command -v terraform) || missing "terraform is not installed"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
version=$(sed -n 's/^ *aws: {source: hashicorp\/aws, version: \(.*\)}$/\1/p' "$settings")
[[ -n $version ]] || fail "$settings pins no version of hashicorp/aws"
mirror=${TERRAFORM_PLUGINS:-}
if ! try_provider "$program" "$folder" "$version" "$mirror"; then
    mirror=${mirror:-$(installed_mirror "$version")}
    if [[ -z $mirror ]] || ! try_provider "$program" "$folder" "$version" "$mirror"; then
        cat "$folder/log" >&2
        missing "terraform cannot install hashicorp/aws (TERRAFORM_PLUGINS can name the folder of a mirror)"
    fi
fi
echo "$program"
echo "$mirror"
