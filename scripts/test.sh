#!/usr/bin/env bash
# Everything that must hold before a commit: set-up, lint, a build without warnings and without undeclared
# imports, the tests, every example, and the release binary: the optimiser sees code that a debug build does not.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

scripts/setup.sh
# CONTROL_PLANE=none leaves out the tests against a real Kubernetes control plane.
CONTROL_PLANE=${CONTROL_PLANE:-$(scripts/control-plane.sh)}
export CONTROL_PLANE
[[ $CONTROL_PLANE != none ]] || say "CONTROL_PLANE=none: the tests against a real control plane are left out"
# TERRAFORM=none leaves out the tests that validate and apply what is rendered for Terraform.
if [[ ${TERRAFORM:-} != none ]]; then
    mapfile -t terraform < <(scripts/terraform.sh)
    TERRAFORM=${terraform[0]:?scripts/terraform.sh says above what is missing}
    [[ -z ${terraform[1]:-} ]] || export TERRAFORM_PLUGINS=${terraform[1]}
fi
export TERRAFORM
[[ $TERRAFORM != none ]] || say "TERRAFORM=none: what is rendered for Terraform is not validated or applied"
scripts/lint.sh

say "Building everything$(first_build .build/debug)"
swift build --build-tests "${BUILD_FLAGS[@]}"

say "Comparing docs/commands.md with the program's help"
scripts/generate-command-docs.sh --check

# Of thousands of lines about tests that start and pass, nobody finds the one that tells what failed.
say "Running the tests (failures are told, and the sum at the end)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test --skip-build --parallel --quiet --disable-xctest "${BUILD_FLAGS[@]}" 2>&1 | tee "$log" || {
    # Where only the end of the output is kept, all that failed is named in it.
    say "Failed:"
    grep -aE '^✘ Test .* recorded an issue|^[a-z-]+: (ended with|not ready after) ' "$log" | cut -c 1-300 >&2
    exit 1
}

scripts/run-examples.sh

say "Building the one-file binary, and checking that it works alone"
scripts/build-release.sh
scripts/check-standalone.sh
say "All checks passed"
