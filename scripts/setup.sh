#!/usr/bin/env bash
# Installs what building and testing need and is not there yet. Safe to run again: does nothing then.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

swift_minimum=6.2
debian_packages=(
    binutils ca-certificates git libcurl4-openssl-dev libssl-dev libyaml-dev make pkg-config
)
venv=.venv

check_swift() {
    command -v swift >/dev/null ||
        fail "Swift is not installed or not on PATH; install Swift $swift_minimum or later (https://www.swift.org/install)"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    [[ $(printf '%s\n' "$swift_minimum" "${version:-0}" | sort --version-sort | head -n 1) == "$swift_minimum" ]] ||
        fail "Swift $swift_minimum or later is needed, found ${version:-an unknown version} at $(command -v swift)"
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Any Python with venv will do, a pyenv one too: Debian's is installed only when there is none.
has_python_venv() {
    python3 -c 'import ensurepip, venv' 2>/dev/null
}

apt_install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends \
        -o Acquire::Retries=2 "$@"
}

install_debian_packages() {
    local missing=() as_root=() package log
    if command -v dpkg-query >/dev/null; then
        for package in "${debian_packages[@]}"; do
            is_installed "$package" || missing+=("$package")
        done
    elif ! { command -v pkg-config && pkg-config --exists yaml-0.1 libcurl libcrypto; } >/dev/null; then
        missing=("${debian_packages[@]}")
    fi
    has_python_venv || missing+=(python3 python3-venv)
    [[ ${#missing[@]} -gt 0 ]] || return 0

    command -v apt-get >/dev/null ||
        fail "there is no apt-get here; install the equivalents of these Debian packages: ${missing[*]}"
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || fail "run this as root, once, to install Debian packages: ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing Debian packages: ${missing[*]}"
    log=$(mktemp)
    # The lists of packages are fetched only when the ones at hand do not do.
    if ! apt_install "${missing[@]}" >"$log" 2>&1 && ! {
        "${as_root[@]}" apt-get update --quiet -o Acquire::Retries=2 && apt_install "${missing[@]}"
    } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install: ${missing[*]} (is Debian's mirror reachable from here?)"
    fi
    rm -f "$log"
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
install_debian_packages
install_python_packages
