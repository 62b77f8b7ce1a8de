#!/usr/bin/env bash
# Builds a Kubernetes control plane for the tests from Debian's source package, once, and prints the folder with the
# programs: etcd, kube-apiserver, kube-controller-manager, kube-scheduler.
#
# They are kept in a cache outside the checkout ($XDG_CACHE_HOME, else ~/.cache), by version. Safe to run again, and by
# several at once: one builds, the others wait.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/debian.sh
source scripts/debian.sh

source_package=kubernetes
programs=(kube-apiserver kube-controller-manager kube-scheduler)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/synthdata-infra/control-plane
# Counts up when this script builds otherwise than before.
recipe=3

# Where apt has the binary packages of this source from: `URI suite component`, the first one that it would take.
source_of_packages() {
    apt-cache policy kubernetes-client |
        awk '$1 ~ /^[0-9]+$/ && $2 ~ /^https?:/ { split($3, place, "/"); print $2, place[1], place[2]; exit }'
}

# fetch FOLDER - the source archive, verified by apt, without touching the system's own lists.
fetch() {
    local folder=$1 uri suite component lists
    read -r uri suite component < <(source_of_packages) ||
        fail "apt knows no package kubernetes-client; is this Debian 12, with its lists updated (apt-get update)?"
    lists=$folder/lists
    mkdir -p "$lists/partial" "$folder/parts"
    printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s %s\n' \
        "$uri" "$suite" "$component" >"$folder/sources.list"
    # apt would otherwise download as a user that cannot write here.
    local options=(
        -o "Dir::Etc::sourcelist=$folder/sources.list" -o "Dir::Etc::sourceparts=$folder/parts"
        -o "Dir::State::lists=$lists" -o "Dir::Cache::srcpkgcache=" -o "Dir::Cache::pkgcache="
        -o APT::Sandbox::User=root -o Acquire::Retries=2
    )
    apt-get "${options[@]}" --quiet update
    (cd "$folder" && apt-get "${options[@]}" --quiet source --download-only "$source_package")
}

# build FOLDER - unpacks the archive as a GOPATH and compiles the programs into FOLDER/bin.
build() {
    local folder=$1 archive version root generated boilerplate
    archive=$(find "$folder" -maxdepth 1 -name "${source_package}_*.orig.tar.*" | head -n 1)
    version=$(basename "$archive" | sed -E 's/^[^_]*_([0-9.]*\+really)?([0-9.]+)\.orig.*/\2/')
    export GOPATH=$folder/go GOCACHE=$folder/gocache GO111MODULE=off CGO_ENABLED=0 GOFLAGS=
    root=$GOPATH/src/k8s.io/kubernetes
    mkdir -p "$root" "$folder/bin"
    tar --extract --file "$archive" --directory "$root" --strip-components 1
    pushd "$root"
    # The one generated file that the archive lacks: the OpenAPI description that server-side apply merges by.
    local inputs
    inputs=$(grep --recursive --files-with-matches --include='*.go' '+k8s:openapi-gen=' \
        pkg cmd staging/src vendor/k8s.io 2>/dev/null | xargs -n 1 dirname | sort -u |
        sed -e 's#^staging/src/#vendor/#' -e 's#^#k8s.io/kubernetes/#' | sort -u | paste -sd, -)
    go build -o "$folder/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
    boilerplate=hack/boilerplate/boilerplate.generatego.txt
    generated=k8s.io/kubernetes/pkg/generated/openapi
    "$folder/openapi-gen" -h "$boilerplate" -i "$inputs" -p "$generated" -O zz_generated.openapi -o "$GOPATH/src" \
        -r /dev/null
    # The version stands in two packages, which are vendored ones within a GOPATH and are named so.
    local flags="-s -w" package
    for package in component-base/version client-go/pkg/version; do
        package=k8s.io/kubernetes/vendor/k8s.io/$package
        flags+=" -X $package.gitVersion=v$version -X $package.gitMajor=${version%%.*}"
        flags+=" -X $package.gitMinor=$(cut -d. -f2 <<<"$version")"
    done
    local program
    go build -o "$folder/bin/" -ldflags "$flags" "${programs[@]/#/./cmd/}"
    popd
    for program in "${programs[@]}"; do "$folder/bin/$program" --version >/dev/null; done
}

# unpack_etcd FOLDER - the program of Debian's package into FOLDER/bin. Installing it would start a server.
unpack_etcd() {
    (cd "$1" && apt-get --quiet -o APT::Sandbox::User=root download etcd-server && dpkg-deb --extract etcd-server_*.deb etcd)
    cp "$1/etcd/usr/bin/etcd" "$1/bin/etcd"
}

key() {
    printf '%s-%s' "$(apt-cache policy kubernetes-client | awk '/Candidate:/ { print $2 }')" "$recipe"
}

main() {
    local home work log
    home=$cache/$(key | tr -c 'A-Za-z0-9.\n' '-')
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9
    if [[ ! -x $home/kube-apiserver ]]; then
        install_debian_packages golang-go
        work=$(mktemp --directory "$cache/build.XXXXXX")
        # shellcheck disable=SC2064 # the folder as it is now
        trap "chmod --recursive u+w '$work' 2>/dev/null; rm -rf '$work'" EXIT
        log=$work/log
        say "Building a Kubernetes control plane for the tests from Debian's source (once; takes minutes)"
        # As a program of its own: inside `||`, a function would go on after a failed command.
        scripts/control-plane.sh --build "$work" >"$log" 2>&1 || {
            tail -n 30 "$log" >&2
            fail "the control plane could not be built"
        }
        rm -rf "$home"
        mv "$work/bin" "$home"
    fi
    printf '%s\n' "$home"
}

if [[ ${1:-} == --build ]]; then
    fetch "$2"
    build "$2"
    unpack_etcd "$2"
else
    main
fi
