#!/usr/bin/env bash
# Checks that every C++ file is formatted as .clang-format says; --fix mends it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mode=(--dry-run -Werror)
[ "${1:-}" = --fix ] && mode=(-i)
git ls-files -z '*.h' '*.hpp' '*.cc' '*.c' | xargs -0r clang-format-14 "${mode[@]}"
