#!/usr/bin/env bash
# Checks what needs no build: the layout of the Swift sources, their imports, and the scripts (with shellcheck
# where it is installed).
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

say "Checking the format of the Swift sources"
swift format lint --strict --parallel --recursive "${SWIFT_SOURCES[@]}"

say "Checking the imports"
python3 scripts/check-imports.py

mapfile -t shell_scripts < <(git ls-files --cached --others --exclude-standard '*.sh' '.ci/run')
if command -v shellcheck >/dev/null; then
    say "Checking the shell scripts"
    shellcheck --external-sources "${shell_scripts[@]}"
else
    say "Skipping the shell scripts: shellcheck is not installed"
    for shell_script in "${shell_scripts[@]}"; do
        bash -n "$shell_script"
    done
fi
