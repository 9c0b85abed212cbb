#!/usr/bin/env bash
# glibc_versions.sh [--plugin] FILE: fails if the program needs a shared library or a symbol version that Amazon Linux
# 2023 (glibc 2.34, no libstdc++) does not have. A plugin may need other libraries, which are packed with it.
set -euo pipefail
plugin=no
[ "$1" = --plugin ] && { plugin=yes; shift; }
program=$1
newest_allowed=2.34

status=0
while read -r library; do
  case $library in
    libc.so.6 | libm.so.6 | ld-linux-x86-64.so.2 | ld-linux-aarch64.so.1) ;;
    libstdc++.so.* | libgcc_s.so.*) echo "needs the shared library $library"; status=1 ;;
    *) [ $plugin = yes ] || { echo "needs the shared library $library"; status=1; } ;;
  esac
done < <(objdump -p "$program" | awk '$1 == "NEEDED" { print $2 }')

while read -r symbol; do
  version=${symbol#*GLIBC_}
  version=${version%%[) ]*}
  newest=$(printf '%s\n%s\n' "$version" "$newest_allowed" | sort -V | tail -1)
  [ "$newest" = "$newest_allowed" ] || { echo "needs glibc $version: $symbol"; status=1; }
done < <(objdump -T "$program" | grep 'GLIBC_2' || true)
exit $status
