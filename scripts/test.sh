#!/bin/bash
# scripts/test.sh: installs what is missing, builds, and runs every test.
#
# Stages, each with a budget in seconds; a stage that exceeds it fails:
#   release build and tests; the same under ASan + UBSan (unit and spec tests); the fuzz targets, briefly.
set -euo pipefail
cd "$(dirname "$0")/.."

fuzz_seconds=${WISP_FUZZ_SECONDS:-60}

stage() {  # stage NAME BUDGET COMMAND...
  local name=$1 budget=$2 start=$SECONDS
  shift 2
  echo "== $name (budget $budget s)"
  timeout --kill-after=10 "$budget" "$@" || { echo "== $name FAILED after $((SECONDS - start)) s" >&2; exit 1; }
  echo "== $name: $((SECONDS - start)) s"
}

run_tests() { ctest --test-dir "build/$1" --output-on-failure --timeout 300 -j "$(nproc)" "${@:2}"; }

fuzz() {  # one target, from its committed corpus, into a scratch folder so that the tree stays clean
  local target=$1 scratch status=0
  scratch=$(mktemp -d)
  # The entropic schedule takes longer than the runs it chooses: without it there are two to four times as many.
  "build/fuzz/tests/$target" -entropic=0 -max_total_time="$fuzz_seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$scratch/" "$scratch" "tests/fuzz/corpus/${target%_fuzz}" >"$scratch.log" 2>&1 || status=$?
  tail -n 12 "$scratch.log"
  if [ "$status" != 0 ]; then
    for artifact in "$scratch"/crash-* "$scratch"/timeout-* "$scratch"/oom-*; do
      [ -f "$artifact" ] && { echo "input that failed $target:"; base64 "$artifact"; }
    done
  fi
  rm -rf "$scratch" "$scratch.log"
  return "$status"
}
export -f run_tests fuzz
export fuzz_seconds

stage "packages" 600 scripts/install_packages.sh
stage "release build" 1200 scripts/build.sh release
stage "release tests" 600 bash -c 'run_tests release'
stage "asan build" 1500 scripts/build.sh asan
stage "asan tests" 1200 bash -c 'run_tests asan'
if ls tests/fuzz/*_fuzz.cpp >/dev/null 2>&1; then
  stage "fuzz build" 900 scripts/build.sh fuzz
  for source in tests/fuzz/*_fuzz.cpp; do
    target=$(basename "$source" .cpp)
    stage "$target" $((fuzz_seconds + 120)) bash -c "fuzz $target"
  done
fi
echo "== all stages passed in $SECONDS s"
