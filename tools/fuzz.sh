#!/usr/bin/env bash
# Lets each fuzz target of the preset `fuzz` replay its corpus and search from there.
#
#   tools/fuzz.sh [--runs N | --seconds N] [TARGET…]     default: 60 seconds each, all targets
#
# Inputs found go to build/fuzz/found/TARGET/; a crash leaves its input there, and belongs in tests/corpus/TARGET/ once fixed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
limit=(-max_total_time=60)
case "${1:-}" in
  --runs) limit=(-runs="$2"); shift 2 ;;
  --seconds) limit=(-max_total_time="$2"); shift 2 ;;
esac
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd build/fuzz/bin && ls ./*_fuzz 2>/dev/null | xargs -rn1 basename)
for target in "${targets[@]}"; do
  found=build/fuzz/found/$target
  mkdir -p "$found"
  printf '%s: ' "$target"
  if ! build/fuzz/bin/"$target" "${limit[@]}" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -artifact_prefix="$found/" \
      "$found" tests/corpus/"$target" >"$found.log" 2>&1; then
    echo "FAILED, $found.log:"
    tail -n 60 "$found.log"
    exit 1
  fi
  grep '^Done' "$found.log"
done
