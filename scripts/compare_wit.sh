#!/bin/bash
# Compares `wisp wit` with `wasm-tools component wit` for components: each text is parsed and printed by wasm-tools, without
# comments, before they are compared. usage: scripts/compare_wit.sh WISP WASM_TOOLS FILE...
set -euo pipefail
wisp=$1 tools=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
for file in "$@"; do
  "$tools" component wit "$file" | grep -v '^ *///' >"$scratch/theirs.wit"
  "$wisp" wit "$file" >"$scratch/ours.wit"
  for side in theirs ours; do
    "$tools" component wit "$scratch/$side.wit" >"$scratch/$side.txt" || { echo "$file: $side does not parse"; status=1; }
  done
  diff "$scratch/theirs.txt" "$scratch/ours.txt" >"$scratch/difference" ||
    { echo "$file differs"; cat "$scratch/difference"; status=1; }
done
exit $status
