#!/usr/bin/env bash
# Installs what building and testing need and is not there yet. Safe to run again: does nothing then.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/debian.sh
source scripts/debian.sh

swift_minimum=6.2
# fish and zsh are only for the tests of completions.
debian_packages=(
    binutils ca-certificates fish git libcurl4-openssl-dev libexpat1-dev libssl-dev libyaml-dev make
    pkg-config zlib1g-dev zsh
)
# The tests ask any kubectl how kubeconfig files are read; packages of others have the same file.
command -v kubectl >/dev/null || debian_packages+=(kubernetes-client)
venv=.venv

check_swift() {
    command -v swift >/dev/null ||
        fail "Swift is not installed or not on PATH; install Swift $swift_minimum or later (https://www.swift.org/install)"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1) || version=''
    [[ $(printf '%s\n' "$swift_minimum" "${version:-0}" | sort --version-sort | head -n 1) == "$swift_minimum" ]] ||
        fail "Swift $swift_minimum or later is needed, found ${version:-an unknown version} at $(command -v swift)"
}

install_python_packages() {
    # The copy of the list is written last: a set-up that was cut short starts again.
    if cmp --silent scripts/requirements.txt "$venv/requirements.txt" && "$venv/bin/python" -c '' 2>/dev/null; then
        return 0
    fi
    say "Installing the tests' Python packages into $venv"
    python3 -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 2 --timeout 30 \
        --requirement scripts/requirements.txt ||
        fail "pip could not install scripts/requirements.txt (is the package index reachable from here?)"
    cp scripts/requirements.txt "$venv/requirements.txt"
}

check_swift
install_debian_packages "${debian_packages[@]}"
install_python_packages
