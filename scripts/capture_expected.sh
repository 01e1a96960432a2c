#!/bin/bash
# Writes tests/expected/NAME.txt: what wasmtime prints for the components of WISP_SHARED/bench and WISP_SHARED/guests, and
# how it exits. usage: scripts/capture_expected.sh WASMTIME
set -euo pipefail
wasmtime=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
shared=${WISP_SHARED:-$root/../shared}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Long outputs by their checksum and size, as cksum(1) prints them.
show() {
  if [ "$(stat -c %s "$2")" -gt 8192 ]; then
    echo "--- $1 cksum $(cksum <"$2")"
  else
    echo "--- $1"
    cat "$2"
  fi
}

# capture NAME DIRECTORY COMMAND...: status, then stdout, then stderr, each behind a line that names it
capture() {
  local name=$1 directory=$2 status=0
  shift 2
  (cd "$directory" && "$@" </dev/null >"$scratch/out" 2>"$scratch/err") || status=$?
  {
    echo "status $status"
    show stdout "$scratch/out"
    show stderr "$scratch/err"
  } >"$root/tests/expected/$name.txt"
}

for folder in "$shared"/bench/*/; do
  name=$(basename "$folder")
  [ -f "$folder/$name.wasm" ] || continue
  capture "bench-$name" "$folder" "$wasmtime" run --dir . "$name.wasm"
done
capture python "$shared/guests" "$wasmtime" run python.wasm
for pattern in interface nothing-has-this-name '('; do
  case $pattern in interface) name=found ;; '(') name=error ;; *) name=none ;; esac
  capture "ripgrep-$name" "$shared/guests" "$wasmtime" run --dir "$shared/wit::wit" ripgrep.wasm \
    --sort path "$pattern" wit
done
