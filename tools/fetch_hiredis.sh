#!/usr/bin/env bash
# Fetches the C sources of hiredis, the Redis client library, and prints the folder that holds them. Progress goes to
# stderr. CMake calls it while configuring; exit 1 and one line of reason where they cannot be had.
#
# They come inside the source package of `hiredis` in the Python registry, because Debian's library has no TLS. The
# package is pinned by its hash, and kept in $WASCC_CACHE_DIR (default: the user's cache folder, wascc/).
set -euo pipefail

version=3.5.0
sha256=c227592cc56b7df247abe4755c26723965be68972be2149fa441ac33d82131ba
cache=${WASCC_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/wascc}
out=$cache/hiredis-$version-${sha256:0:16}

die() { printf 'fetch_hiredis: %s\n' "$*" >&2; exit 1; }
mkdir -p "$cache"
exec 9>"$cache/hiredis.lock"
flock 9  # two configures at once fetch it once
if [ ! -f "$out/complete" ]; then
  work=$(mktemp -d "$cache/hiredis.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  echo "fetch_hiredis: fetching hiredis $version into $out, once" >&2
  python3 -m venv "$work/venv" >&2 || die "cannot make a Python environment (Debian: python3-venv)"
  echo "hiredis==$version --hash=sha256:$sha256" >"$work/pinned.txt"
  "$work/venv/bin/pip" --quiet --disable-pip-version-check --retries 1 --timeout 20 download --no-deps \
    --no-binary :all: --require-hashes --requirement "$work/pinned.txt" --dest "$work" >&2 ||
    die "the Python registry has no hiredis $version for us, or cannot be reached"
  tar -xzf "$work/hiredis-$version.tar.gz" -C "$work"
  rm -rf "$out" && mv "$work/hiredis-$version/vendor" "$out"
  touch "$out/complete"
fi
echo "$out"
