# shellcheck shell=bash
# Sourced by the scripts that install Debian packages.

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

# install_debian_packages PACKAGE... - those that are not there yet, and a Python for the tests.
install_debian_packages() {
    local missing=() as_root=() package log
    if command -v dpkg-query >/dev/null; then
        for package in "$@"; do
            is_installed "$package" || missing+=("$package")
        done
    elif ! { command -v pkg-config && pkg-config --exists yaml-0.1 libcurl libcrypto zlib expat; } >/dev/null; then
        missing=("$@")
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
