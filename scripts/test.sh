#!/bin/bash
# scripts/test.sh: installs what is missing, builds, and runs every test.
#
# Stages, each with a budget in seconds; a stage that exceeds it fails. Three trees are built:
#   release  g++: all tests; those that need WISP_SHARED once more without it; random programs
#   asan     clang, ASan + UBSan: unit and spec tests, the fuzz targets
#   tsan     what is shared between threads
# and what differs between the architectures is compiled for AArch64, its tests run under qemu.
set -euo pipefail
cd "$(dirname "$0")/.."

fuzz_seconds=${WISP_FUZZ_SECONDS:-30}
# Other programs with each commit, the same ones for the same.
seed=$((16#$(git rev-parse --short=7 HEAD 2>/dev/null || echo 1)))

stage() {  # stage NAME BUDGET COMMAND...
  local name=$1 budget=$2 start=$SECONDS
  shift 2
  echo "== $name (budget $budget s)"
  timeout --kill-after=10 "$budget" "$@" || { echo "== $name FAILED after $((SECONDS - start)) s" >&2; exit 1; }
  echo "== $name: $((SECONDS - start)) s"
}

run_tests() { ctest --test-dir "build/$1" --output-on-failure --timeout 300 -j "$(nproc)" "${@:2}"; }

# What depends on the folder beside the tree must be skipped, not fail, where that is missing.
test_without_shared() {
  WISP_SHARED=/nonexistent run_tests release \
    -R 'Abi|RealPrograms|ShimFolder|ComponentFlattener|ComponentValidator|SpecValidation|Coverage|ChangingFile'
}

# The sanitizer knows no stacks that switch: it runs what runs no guest.
test_threads() {
  build/tsan/tests/platform_tests --gtest_brief --gtest_filter='WorkerPool*:Log*:VirtualMemory*:Reservation*:Entropy*'
  build/tsan/tests/jit_tests --gtest_brief --gtest_filter='Threads.Compile*:CodeRegistry*:SignatureRegistry*'
}

# What differs between the architectures and needs no engine, which is not chosen there yet.
test_aarch64() {
  qemu-aarch64 build/aarch64/tests/platform_tests --gtest_brief \
    --gtest_filter='Text*:*/Text*:Utf8*:Transcod*:Fiber.*:ReusableFiber*:ByteReader*:Result*'
}

fuzz() {  # one target, from its committed corpus, into a scratch folder so that the tree stays clean
  local target=$1 scratch status=0
  scratch=$(mktemp -d)
  # The entropic schedule takes longer than the runs it chooses: without it there are two to four times as many.
  "build/asan/tests/$target" -entropic=0 -max_total_time="$fuzz_seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
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
export -f run_tests test_without_shared test_threads test_aarch64 fuzz
export fuzz_seconds

stage "packages" 600 scripts/install_packages.sh
stage "format" 120 scripts/check_format.sh
stage "release build" 1200 scripts/build.sh release
stage "release tests" 600 bash -c 'run_tests release'
stage "without WISP_SHARED" 120 bash -c test_without_shared
stage "random programs" 180 build/release/tests/oracle --seed "$seed" --minutes 1.5
stage "asan build" 1200 scripts/build.sh asan
stage "asan tests" 900 bash -c 'run_tests asan'
for source in tests/fuzz/*_fuzz.cpp; do
  target=$(basename "$source" .cpp)
  stage "$target" $((fuzz_seconds + 90)) bash -c "fuzz $target"
done
stage "tsan build" 600 scripts/build.sh tsan platform_tests jit_tests
stage "tsan tests" 120 bash -ec test_threads
stage "aarch64 build" 600 scripts/build.sh aarch64 wisp_component platform_tests
stage "aarch64 tests" 120 bash -ec test_aarch64
echo "== all stages passed in $SECONDS s"
