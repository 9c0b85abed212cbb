#!/usr/bin/env bash
# Installs what tools/deps.txt lists and the machine lacks, saying what and why, one line each. Only on
# Debian 12 and as root; anywhere else it lists what to install and stops. WASCC_DEPS=skip passes it by.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ "${WASCC_DEPS:-}" = skip ] && exit 0

have_package() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
while IFS=$'\t' read -r package why program; do
  [[ -z $package || $package == \#* ]] && continue
  if [ -n "$program" ] && command -v "$program" >/dev/null; then continue; fi
  have_package "$package" && continue
  printf 'deps: %-24s %s\n' "$package" "$why"
  missing+=("$package")
done <tools/deps.txt

if [ ${#missing[@]} -gt 0 ]; then
  system=$(. /etc/os-release 2>/dev/null && echo "${ID:-unknown} ${VERSION_ID:-}" || true)
  if [ "$system" != "debian 12" ]; then
    echo "deps: the list above is missing, by Debian 12's names. This is ${system:-an unknown system}:" >&2
    echo "      install their counterparts, then run again with WASCC_DEPS=skip." >&2
    exit 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "deps: the list above is missing. Not root, so nothing was installed; run as root:" >&2
    echo "      apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq </dev/null
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
fi

# Not Debian's: its Rust 1.63 builds the examples for the original SDK, and cannot build Wasmtime.
rust=$(rustc --version 2>/dev/null | awk '{print $2}' || true)
if [ "$(printf '%s\n1.95.0\n' "${rust:-0}" | sort -V | head -n1)" != 1.95.0 ] || ! command -v cargo >/dev/null; then
  echo "deps: Rust 1.95 or later must come first on the PATH (found: ${rust:-none}); it builds Wasmtime." >&2
  echo "      Install it with rustup (\"rustup toolchain install stable\"), open a new shell, run again." >&2
  exit 1
fi
