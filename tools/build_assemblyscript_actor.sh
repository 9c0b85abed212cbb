#!/usr/bin/env bash
# Builds an actor written in AssemblyScript. The module is not signed.
#
#   tools/build_assemblyscript_actor.sh FOLDER OUT.wasm    FOLDER: package.json, package-lock.json, assembly/
#   tools/build_assemblyscript_actor.sh --check            says what is missing for that, or nothing
#
# `npm run build` in FOLDER must write build/actor.wasm. The packages and the result lie outside the checkout, in
# $WASCC_CACHE_DIR (default: the user's cache folder, wascc/), under keys made of what decides their content.
set -euo pipefail

usage='usage: build_assemblyscript_actor.sh FOLDER OUT.wasm, or --check'
cache=${WASCC_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/wascc}

die() { printf 'build_assemblyscript_actor: %s\n' "$*" >&2; exit 1; }
say() { printf 'build_assemblyscript_actor: %s\n' "$*" >&2; }

command -v npm >/dev/null || die "no npm on the PATH: apt-get install nodejs npm"
[ "${1:?$usage}" = --check ] && exit 0

folder=$(cd "$1" && pwd)
mkdir -p "$(dirname "${2:?$usage}")"
out=$(realpath "$2")
for part in package.json package-lock.json assembly; do
  [ -e "$folder/$part" ] || die "$folder has no $part"
done
cd "$folder"

lock_key=$(cat package.json package-lock.json | sha256sum | cut -c1-16)
sources_key=$({ echo "$lock_key"; find assembly -name '*.ts' | LC_ALL=C sort |
                  while read -r file; do echo "$file"; cat "$file"; done; } | sha256sum | cut -c1-16)
work=$cache/assemblyscript-$lock_key
result=$cache/assemblyscript-actor-$sources_key.wasm

if [ ! -f "$result" ]; then
  mkdir -p "$cache"
  exec 9>"$cache/assemblyscript.lock"
  flock 9  # two builds at once make it once
fi
if [ ! -f "$work/complete" ]; then
  say "installing the packages that $folder/package-lock.json names"
  rm -rf "$work" && mkdir -p "$work"
  cp package.json package-lock.json "$work/"
  npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
    die "could not install the packages; is the npm registry within reach?"
  touch "$work/complete"
fi
if [ ! -f "$result" ]; then
  say "compiling $folder"
  rm -rf "$work/assembly" "$work/build"
  cp -r assembly "$work/"
  npm run --prefix "$work" --silent build >&2 || die "the compiler refused $folder"
  mv "$work/build/actor.wasm" "$result"
fi
cp "$result" "$out"
