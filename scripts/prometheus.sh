#!/usr/bin/env bash
# Fetches a Prometheus server for the tests, Debian's package, once, and prints the file of its program. It is not
# installed: that would start a service.
#
# It is kept in a cache outside the checkout ($XDG_CACHE_HOME, else ~/.cache), by version. Safe to run again, and by
# several at once: one fetches, the others wait.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/synthdata-infra/prometheus
version=$(apt-cache policy prometheus | awk '/Candidate:/ { print $2 }' | tr -c 'A-Za-z0-9.\n' '-')
[[ -n $version ]] || fail "apt knows no package prometheus; are its lists up to date (apt-get update)?"
program=$cache/$version/prometheus

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [[ ! -x $program ]]; then
    say "Fetching Prometheus for the tests (once)"
    work=$(mktemp --directory "$cache/fetch.XXXXXX")
    # shellcheck disable=SC2064 # the folder as it is now
    trap "rm -rf '$work'" EXIT
    # apt would otherwise download as a user that cannot write here.
    (cd "$work" && apt-get --quiet -o APT::Sandbox::User=root -o Acquire::Retries=2 download prometheus &&
        dpkg-deb --extract prometheus_*.deb all) >&2
    mkdir -p "$cache/$version"
    mv "$work/all/usr/bin/prometheus" "$program"
fi
printf '%s\n' "$program"
