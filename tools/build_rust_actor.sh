#!/usr/bin/env bash
# Builds actors written with the SDK of 2020, the crate `wascc-actor`. The modules are not signed.
#
#   tools/build_rust_actor.sh [--wasi] FOLDER OUT    FOLDER: a crate or a workspace, with its Cargo.lock
#                                                    OUT: where CRATE.wasm of each crate goes
#                                                    --wasi: with WASI, as portable providers are
#   tools/build_rust_actor.sh --check                says what is missing for that, or nothing
#
# That SDK wants a Rust of its time: Debian's rustc 1.63 compiles, and a newer cargo from the PATH only fetches the
# dependencies. Both they and the result lie outside the checkout, in $WASCC_CACHE_DIR (default: the user's cache
# folder, wascc/), the first under a key made of the lock file, the second of everything that decides its content.
set -euo pipefail

usage='usage: build_rust_actor.sh [--wasi] FOLDER OUT, or --check'
script=$(realpath "${BASH_SOURCE[0]}")
cache=${WASCC_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/wascc}
rustc=/usr/bin/rustc cargo=/usr/bin/cargo target=wasm32-unknown-unknown

[ "${1:-}" != --wasi ] || { target=wasm32-wasi; shift; }

die() { printf 'build_rust_actor: %s\n' "$*" >&2; exit 1; }
say() { printf 'build_rust_actor: %s\n' "$*" >&2; }

[ -x $rustc ] && [ -x $cargo ] || die "no $rustc and $cargo: apt-get install rustc cargo libstd-rust-dev-wasm32"
$rustc --version | grep -q '^rustc 1\.63\.' ||
  die "$rustc is $($rustc --version), and the SDK's recipe is made for Debian's 1.63"
[ -d "$($rustc --print sysroot)/lib/rustlib/$target" ] ||
  die "$rustc has no library for WebAssembly: apt-get install libstd-rust-dev-wasm32"
newer=$(command -v cargo) && [ "$newer" != $cargo ] ||
  die "no second cargo on the PATH: the dependencies are fetched with Rust 1.95 or later (rustup)"
[ "${1:?$usage}" = --check ] && exit 0

folder=$(cd "$1" && pwd)
mkdir -p "${2:?$usage}"
out=$(cd "$2" && pwd)
[ -f "$folder/Cargo.lock" ] || die "$folder has no Cargo.lock: cargo generate-lockfile makes it"
cd "$folder"

lock_key=$(sha256sum <Cargo.lock | cut -c1-16)
sources_key=$({ $rustc -vV; $cargo -vV; echo $target; cat "$script" Cargo.lock
                find . -name target -prune -o \( -name '*.rs' -o -name Cargo.toml \) -print |
                  LC_ALL=C sort | while read -r file; do echo "$file"; cat "$file"; done; } |
  sha256sum | cut -c1-16)
vendor=$cache/rust-vendor-$lock_key
result=$cache/rust-actors-$sources_key

# lld pads relocated numbers to five bytes unless told otherwise, and the signers of 2020 hash the shortest form.
# Panic messages name source files: with the same name for the folder everywhere, everyone gets the same module.
flags=(-C link-arg=--compress-relocations "--remap-path-prefix=$vendor=/vendor")
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}")
export CARGO_ENCODED_RUSTFLAGS

if [ ! -f "$result/complete" ]; then
  mkdir -p "$cache"
  exec 9>"$cache/rust-actors.lock"
  flock 9  # two builds at once make it once
fi
if [ ! -f "$vendor/complete" ]; then
  say "fetching the dependencies that $folder/Cargo.lock names"
  rm -rf "$vendor"
  "$newer" vendor --quiet --locked "$vendor" >/dev/null ||
    die "could not fetch the dependencies; is the Rust registry within reach?"
  touch "$vendor/complete"
fi
if [ ! -f "$result/complete" ]; then
  say "compiling $folder with $($rustc --version), about a minute, once"
  RUSTC=$rustc $cargo build --release --locked --offline --target $target --target-dir "$cache/rust-work-$lock_key" \
    --config 'source.crates-io.replace-with = "vendored"' --config "source.vendored.directory = '$vendor'" >&2
  rm -rf "$result.new" && mkdir -p "$result.new"
  cp "$cache/rust-work-$lock_key/$target/release/"*.wasm "$result.new/"
  touch "$result.new/complete"
  rm -rf "$result" && mv "$result.new" "$result"
fi
for module in "$result"/*.wasm; do
  crate=$(basename "$module")
  cp "$module" "$out/${crate//_/-}"
done
