#!/usr/bin/env bash
# Links bootstrap again, with the static C library that is installed here: what section 6 of the LGPL 2.1 gives everybody
# who gets `bootstrap`. Needs g++ and the C library's static form (Debian: g++, libc6-dev).
#
#   relink.sh [bootstrap.o] [bootstrap]      -L/path/to/your/glibc goes into LDFLAGS
set -euo pipefail
object=${1:-$(dirname "${BASH_SOURCE[0]}")/bootstrap.o}
output=${2:-bootstrap}
# shellcheck disable=SC2086 # LDFLAGS holds several words
exec "${CXX:-g++}" -static -no-pie -s -Wl,--gc-sections ${LDFLAGS:-} -o "$output" "$object" -lm -ldl -lpthread
