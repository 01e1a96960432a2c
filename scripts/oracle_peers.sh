#!/bin/bash
# Runs modules of another generator through the oracle: COUNT of wasm-tools smith in each of four shapes, alone and in pairs,
# and COUNT mutants of the core suite's modules. Exit status 1 if Wisp differed anywhere; those modules are kept.
# usage: scripts/oracle_peers.sh ORACLE COUNT [SEED [KEEP]]   (wasm-tools and the suite: WISP_SHARED, default ../shared)
set -euo pipefail
oracle=$(realpath "$1") count=$2 seed=${3:-0} keep=${4:-}
root=$(cd "$(dirname "$0")/.." && pwd)
shared=${WISP_SHARED:-$root/../shared}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$shared/peers/unpack" "$scratch/peers" >"$scratch/unpacked"
tools=$scratch/peers/wasm-tools
status=0

# What Wisp runs: WebAssembly 2.0 without v128.
features=()
for feature in simd relaxed-simd exceptions gc threads tail-call memory64 custom-page-sizes wide-arithmetic \
  shared-everything-threads custom-descriptors compact-imports acquire-release-atomics multibyte-array-access; do
  features+=("--$feature-enabled" false)
done
usual=("${features[@]}" --max-memories 1 --max-tags 0 --generate-custom-sections false --export-everything true
  --max-imports 4 --min-funcs 3 --max-memory32-bytes 655360 --max-table-elements 1000 --memory-offset-choices 90,8,2)

# bytes NUMBER SIZE: arbitrary ones, the same for the same seed.
bytes() {
  head -c "$2" /dev/zero | openssl enc -aes-128-ctr -nosalt -K "$(printf %032x "$seed")" -iv "$(printf %032x "$1")"
}

# check FILE...: by the oracle
check() {
  [ $# -gt 0 ] || return 0
  if ! "$oracle" --seed "$seed" "$@"; then
    status=1
    [ -z "$keep" ] || cp "$scratch"/*.wasm "$keep"
  fi
  if [ "${pairs:-}" ] && ! "$oracle" --seed "$seed" --modules 2 "$@"; then
    status=1
    [ -z "$keep" ] || cp "$scratch"/*.wasm "$keep"
  fi
  rm -f "$scratch"/*.wasm
}

# smith NAME SIZE OPTION...: COUNT modules made of SIZE bytes each; bytes that do not suffice make none
smith() {
  local name=$1 size=$2
  shift 2
  for ((i = 0; i < count; ++i)); do
    bytes "$i" "$size" >"$scratch/bytes"
    "$tools" smith "${usual[@]}" "$@" "$scratch/bytes" -o "$scratch/$name-$i.wasm" 2>/dev/null || rm -f "$scratch/$name-$i.wasm"
  done
  echo "smith, $name:"
  pairs=yes check "$scratch"/*.wasm
}
smith small 2000 --ensure-termination --max-instructions 200
smith large 6000 --ensure-termination --max-instructions 1000 --min-memories 1 --max-funcs 6
smith integers 5000 --ensure-termination --max-instructions 400 --allow-floats false --min-memories 1 --disallow-traps true
smith tables 12000 --max-instructions 120 --min-tables 1 --min-element-segments 2 --min-globals 4 --min-memories 1 \
  --min-data-segments 1

# Two of three have features that Wisp does not run, or are invalid on purpose.
mapfile -t bases < <(find "$shared/spec/core" "$root/tests/oracle/cases" -name '*.wasm' -size -60k | sort)
for ((i = 0; i < 3 * count; ++i)); do
  number=$(bytes "$i" 4 | od -An -tu4)
  base=${bases[number % ${#bases[@]}]}
  "$tools" mutate --seed "$((number + i))" --fuel 100000 "$base" -o "$scratch/mutant-$i.wasm" 2>/dev/null ||
    rm -f "$scratch/mutant-$i.wasm"
done
echo "mutants:"
check "$scratch"/*.wasm
exit $status
