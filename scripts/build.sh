#!/bin/bash
# scripts/build.sh PRESET [TARGET...]: installs what is missing, configures once, builds. Quiet unless something fails.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift

lists=(packages.txt)
[ "$preset" != aarch64 ] || lists+=(packages_aarch64.txt)
scripts/install_packages.sh "${lists[@]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
targets=()
[ $# -eq 0 ] || targets=(--target "$@")
cmake --build "build/$preset" "${targets[@]}" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
