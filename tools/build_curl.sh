#!/usr/bin/env bash
# Builds libcurl once for the plugins, and prints the folder that holds the result (lib/libcurl.a, include/).
# Progress goes to stderr. CMake calls it while configuring.
#
#   tools/build_curl.sh
#
# A static library of position independent code: HTTP and HTTPS through OpenSSL, nothing else, and no function of a
# C library newer than 2.34. Debian's own libcurl would bring some thirty shared libraries along.
# The source is the crate that third_party/curl/Cargo.lock pins by its hash. The result lives outside the checkout, in
# $WASCC_CACHE_DIR (default: the user's cache folder, wascc/), under a key made of everything that decides its content.
# Exit code 3: the Rust registry cannot be reached, so there is no source.
set -euo pipefail

crate=$(cd "$(dirname "${BASH_SOURCE[0]}")/../third_party/curl" && pwd)
cache=${WASCC_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/wascc}
compiler=${CC:-gcc}

die() { printf 'build_curl: %s\n' "$1" >&2; exit "${2:-1}"; }
command -v cargo >/dev/null || die "no cargo on the PATH: install Rust 1.95 or later with rustup"
openssl=$(echo '#include <openssl/opensslv.h>' | "$compiler" -E -dM - 2>/dev/null | grep OPENSSL_VERSION_TEXT) ||
  die "no OpenSSL to build with: tools/install_deps.sh installs libssl-dev"

options=(
  -DBUILD_SHARED_LIBS=OFF -DBUILD_STATIC_LIBS=ON -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DBUILD_EXAMPLES=OFF
  -DBUILD_LIBCURL_DOCS=OFF -DBUILD_MISC_DOCS=OFF -DENABLE_CURL_MANUAL=OFF
  -DHTTP_ONLY=ON -DCURL_USE_OPENSSL=ON -DOPENSSL_USE_STATIC_LIBS=ON
  -DCURL_USE_LIBPSL=OFF -DCURL_USE_LIBSSH2=OFF -DUSE_NGHTTP2=OFF -DUSE_LIBIDN2=OFF
  -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DCURL_ZLIB=OFF
  -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none  # the plugins look for it themselves
  -DCURL_DISABLE_COOKIES=ON -DCURL_DISABLE_NETRC=ON -DCURL_DISABLE_ALTSVC=ON -DCURL_DISABLE_HSTS=ON
  -DCURL_DISABLE_DOH=ON -DCURL_DISABLE_WEBSOCKETS=ON -DCURL_DISABLE_NTLM=ON -DCURL_DISABLE_PROXY=ON
  -DENABLE_UNIX_SOCKETS=OFF -DCMAKE_DISABLE_FIND_PACKAGE_Perl=ON
  -DHAVE_ARC4RANDOM=0  # of glibc 2.36
)
key=$({ cat "$crate/Cargo.lock" "${BASH_SOURCE[0]}"; "$compiler" --version; echo "$openssl"; } |
  sha256sum | cut -c1-16)
out=$cache/curl-$key
if [ ! -f "$out/complete" ]; then
  mkdir -p "$cache"
  exec 9>"$cache/curl.lock"
  flock 9  # two configures at once build it once
fi
if [ ! -f "$out/complete" ]; then
  fetch=(cargo fetch --locked --manifest-path "$crate/Cargo.toml" --target x86_64-unknown-linux-gnu)
  "${fetch[@]}" >&2 9>&- || die "no source of libcurl: the Rust registry cannot be reached, or its answer has another hash" 3
  source=$(cargo metadata --locked --offline --format-version 1 --manifest-path "$crate/Cargo.toml" \
    --filter-platform x86_64-unknown-linux-gnu |
    python3 -c 'import json, os, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == "curl-sys": print(os.path.dirname(package["manifest_path"]))')/curl
  [ -f "$source/CMakeLists.txt" ] || die "no source of libcurl in $source"
  echo "build_curl: building libcurl into $out; a minute, once" >&2
  work=$cache/work-curl
  rm -rf "$work" "$out.new"
  cmake -S "$source" -B "$work" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER="$compiler" \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DCMAKE_C_VISIBILITY_PRESET=hidden -DCMAKE_INSTALL_PREFIX="$out.new" \
    -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_C_FLAGS="-ffunction-sections -fdata-sections" "${options[@]}" >&2 9>&- ||
    die "libcurl could not be configured, the output is above"
  nice cmake --build "$work" >&2 9>&- || die "the build failed, its output is above"
  cmake --install "$work" >&2 9>&-
  touch "$out.new/complete"
  rm -rf "$out" && mv "$out.new" "$out"
  rm -rf "$work"
fi
echo "$out"
