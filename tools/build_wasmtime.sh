#!/usr/bin/env bash
# Builds third_party/wasmtime once per feature set, and prints the folder that holds the result
# (lib/libwasmtime.a, include/). Progress goes to stderr. CMake calls it while configuring.
#
#   tools/build_wasmtime.sh runtime|compiler
#
# The result lives outside the checkout, in $WASCC_CACHE_DIR (default: the user's cache folder, wascc/),
# under a key made of everything that decides its content: lock file, features, profile, compiler.
set -euo pipefail

features=${1:?usage: build_wasmtime.sh runtime|compiler}
crate=$(cd "$(dirname "${BASH_SOURCE[0]}")/../third_party/wasmtime" && pwd)
cache=${WASCC_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/wascc}

die() { printf 'build_wasmtime: %s\n' "$*" >&2; exit 1; }
case $features in
  runtime | compiler) ;;
  *) die "no feature set '$features': runtime or compiler" ;;
esac
command -v cargo >/dev/null || die "no cargo on the PATH: install Rust 1.95 or later with rustup"
version=$(rustc --version | awk '{print $2}')
[ "$(printf '%s\n1.95.0\n' "$version" | sort -V | head -n1)" = 1.95.0 ] ||
  die "rustc $version is too old: Wasmtime 48 needs Rust 1.95 or later (rustup update stable)"

key=$({ cat "$crate"/{Cargo.toml,Cargo.lock,build.rs,src/lib.rs}; rustc -vV; echo "$features"; } |
  sha256sum | cut -c1-16)
out=$cache/wasmtime-$features-$key
if [ ! -f "$out/complete" ]; then
  mkdir -p "$cache"
  exec 9>"$cache/build.lock"
  flock 9  # two configures at once build it once
fi
if [ ! -f "$out/complete" ]; then
  echo "build_wasmtime: building the $features engine into $out; 2 to 6 minutes, once" >&2
  work=$cache/work-$features
  # The caller's own flags would build something else under the same key; cargo does not keep the lock.
  env -u CARGO_BUILD_TARGET -u CARGO_ENCODED_RUSTFLAGS RUSTFLAGS= \
    cargo build --release --locked --manifest-path "$crate/Cargo.toml" --target-dir "$work" \
    --features "$features" >&2 9>&- ||
    die "the build failed, its output is above. What was built so far is kept in $work: run again to go on"
  headers=$(ls -t "$work"/release/build/wascc-wasmtime-*/out/include-dir.txt | head -n1)
  [ -f "$(cat "$headers")/wasmtime.h" ] || die "the build left no wasmtime.h where $headers points"
  rm -rf "$out.new"
  mkdir -p "$out.new/lib"
  cp "$work/release/libwascc_wasmtime.a" "$out.new/lib/libwasmtime.a"
  cp -r "$(cat "$headers")" "$out.new/include"
  touch "$out.new/complete"
  rm -rf "$out" && mv "$out.new" "$out"
  rm -rf "$work"
fi
echo "$out"
