#!/bin/bash
# Rewrites the results in tests/guests/invoke_cases.txt, which tests/cli/invoke_test.cpp reads: what wasmtime prints for each
# call of tests/guests/echo.wasm. usage: scripts/capture_invoke.sh WASMTIME
set -euo pipefail
wasmtime=$(realpath "$1")
cd "$(dirname "$0")/../tests/guests"
cases=$(mktemp)
trap 'rm -f "$cases"' EXIT
while IFS= read -r line; do
  call=${line%% => *}
  printf '%s => %s\n' "$call" "$("$wasmtime" run --invoke "$call" echo.wasm)"
done <invoke_cases.txt >"$cases"
cp "$cases" invoke_cases.txt
