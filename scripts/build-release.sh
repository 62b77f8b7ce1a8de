#!/usr/bin/env bash
# build-release.sh [PRODUCT] - builds dist/synthdata-infra, or another product of the package: one file that runs on
# any machine with the same OS, with the Swift runtime, libyaml, libcrypto, expat and zlib inside
# (docs/decisions/0003-static-binary.md).
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

product=${1:-synthdata-infra}
# The package's pkgConfig names, and the archive that is linked for each.
declare -A archives=([expat]=libexpat.a [yaml-0.1]=libyaml.a [libcrypto]=libcrypto.a [zlib]=libz.a)

# The linker takes -lNAME from the first folder that has it, and prefers a shared library there. A folder
# that holds only the archives, named by pkg-config files that SwiftPM finds before the system's, leaves no choice.
static=$PWD/.build-static
rm -rf "$static"
mkdir -p "$static/lib" "$static/pkgconfig" dist
system_libraries=$(pkg-config --variable=libdir yaml-0.1)
for package in "${!archives[@]}"; do
    archive=${archives[$package]}
    [[ -f $system_libraries/$archive ]] || fail "$system_libraries/$archive is missing: run scripts/setup.sh"
    ln -s "$system_libraries/$archive" "$static/lib/"
    name=${archive#lib}
    cat >"$static/pkgconfig/$package.pc" <<EOF
Name: $package
Description: $archive, linked statically
Version: 0
Libs: -L$static/lib -l${name%.a}
EOF
done
export PKG_CONFIG_PATH=$static/pkgconfig

flags=(
    --configuration release --product "$product" --static-swift-stdlib
    # Symbols of the archives stay private: a shared library that is opened later brings its own libcrypto.
    -Xlinker --exclude-libs=ALL
    # The binary names no folder of the machine that built it.
    -Xswiftc -file-prefix-map -Xswiftc "$PWD=."
)
say "Building $product for release$(first_build .build/release)"
swift build "${flags[@]}"
# Two sections hold nothing but hashes that depend on the folder of the checkout: without them, the same
# sources give the same bytes anywhere.
strip --strip-all --remove-section=.swift_modhash --remove-section=.note.gnu.build-id -o "dist/$product" "$(swift build "${flags[@]}" --show-bin-path)/$product"
say "dist/$product: $(stat --format=%s "dist/$product" | numfmt --to=si --suffix=B --format=%.1f)"
