#!/usr/bin/env bash
# Builds dist/synthdata-infra: one file that runs on any machine with the same OS, with the Swift runtime,
# libyaml and libcrypto inside (docs/decisions/0003-static-binary.md).
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

product=synthdata-infra
static_libraries=(yaml crypto)

# The linker takes -lNAME from the first folder that has it. A folder with only the archives comes before
# the system's folders, where it would prefer the shared libraries.
archives=.build-static/lib
rm -rf "$archives"
mkdir -p "$archives" dist
library_folder=$(cc -print-multiarch)
for library in "${static_libraries[@]}"; do
    archive=/usr/lib/$library_folder/lib$library.a
    [[ -f $archive ]] || fail "$archive is missing: run scripts/setup.sh"
    ln -s "$archive" "$archives/"
done

flags=(
    --configuration release --product "$product" --static-swift-stdlib
    -Xlinker "-L$PWD/$archives"
    # Symbols of the archives stay private: a shared library that is opened later brings its own libcrypto.
    -Xlinker --exclude-libs=ALL
    # The binary names no folder of the machine that built it.
    -Xswiftc -file-prefix-map -Xswiftc "$PWD=."
)
say "Building $product for release (the first build takes minutes)"
swift build "${flags[@]}"
strip --strip-all -o "dist/$product" "$(swift build "${flags[@]}" --show-bin-path)/$product"
say "dist/$product: $(stat --format=%s "dist/$product" | numfmt --to=si --suffix=B)"
