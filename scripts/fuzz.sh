#!/bin/bash
# Long random runs: random modules, alone and in systems, through the oracle, built for release and with sanitizers; modules of
# another generator (scripts/oracle_peers.sh), where WISP_SHARED has it; the libFuzzer targets. As many processes as there are
# cores. Prints a summary; what fails is in KEEP (default: build/findings). Exit status 1 if anything did.
# usage: scripts/fuzz.sh HOURS [KEEP]   (HOURS may be 0.1; WISP_FUZZ_SEED: the first seed, default from the clock)
set -euo pipefail
[ $# -ge 1 ] || { sed -n 2,5p "$0" | cut -c3-; exit 2; }
cd "$(dirname "$0")/.."
seconds=$(awk -v hours="$1" 'BEGIN { print int(hours * 3600) }')
keep=$(mkdir -p "${2:-build/findings}" && realpath "${2:-build/findings}")
seed=${WISP_FUZZ_SEED:-$(($(date +%s) * 1000000))}
shared=${WISP_SHARED:-../shared}
jobs=$(nproc)
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
export ASAN_OPTIONS=detect_leaks=0

scripts/build.sh release oracle
scripts/build.sh asan

# oracle NAME PRESET PERCENT OPTION...: this part of the time
oracle() {
  local name=$1 preset=$2 minutes job
  minutes=$(awk -v all="$seconds" -v part="$3" 'BEGIN { print all * part / 6000 }')
  shift 3
  for ((job = 0; job < jobs; ++job)); do
    "build/$preset/tests/oracle" --seed "$((seed + job * 100000000))" --minutes "$minutes" --findings 5 --keep "$keep" "$@" \
      >"$logs/$name.$job" 2>&1 &
  done
  wait
  seed=$((seed + 10000000))
}

# peers PERCENT: rounds of 100 modules in each shape
peers() {
  local end=$((SECONDS + seconds * $1 / 100)) job
  for ((job = 0; job < jobs; ++job)); do
    for ((round = 0; SECONDS < end; ++round)); do
      scripts/oracle_peers.sh build/release/tests/oracle 100 "$((seed + job * 100000 + round))" "$keep" || true
    done >"$logs/peers.$job" 2>&1 &
  done
  wait
}

# targets PERCENT: the same for each libFuzzer target. What they learn stays in build/fuzz_corpus.
targets() {
  local sources=(tests/fuzz/*_fuzz.cpp) source target job each
  each=$((seconds * $1 / 100 / ${#sources[@]}))
  for source in "${sources[@]}"; do
    target=$(basename "$source" .cpp)
    mkdir -p "build/fuzz_corpus/$target"
    for ((job = 0; job < jobs; ++job)); do
      "build/asan/tests/$target" -entropic=0 -max_total_time="$each" -timeout=60 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="$keep/$target-" "build/fuzz_corpus/$target" "tests/fuzz/corpus/${target%_fuzz}" \
        >"$logs/$target.$job" 2>&1 || echo "FAILED" >>"$logs/$target.$job" &
    done
    wait
  done
}

echo "seed $seed, $seconds s, $jobs processes"
oracle modules release 25
oracle systems release 10 --modules 3
oracle modules_asan asan 25
[ ! -x "$shared/peers/unpack" ] || peers 15
targets 25

status=0
for log in "$logs"/*; do
  case $(basename "$log") in
    *_fuzz.*)
      echo "$(basename "$log"): $(awk '/number_of_executed_units/ { print $2 }' "$log") runs"
      if grep -q '^FAILED$' "$log"; then status=1 && tail -n 40 "$log"; fi
      ;;
    peers.*)
      echo "$(basename "$log"): $(awk '/ the same in / { same += $1; calls += $5; different += $(NF - 1) }
        END { print same + different, "modules with", calls, "calls,", different + 0, "findings" }' "$log")"
      if grep -q '[1-9][0-9]* different$' "$log"; then status=1 && grep -v ' the same in .* 0 different$' "$log"; fi
      ;;
    *)
      echo "$(basename "$log"): $(tail -n 1 "$log")"
      if ! tail -n 1 "$log" | grep -q ' 0 findings$'; then status=1 && cat "$log"; fi
      ;;
  esac
done
exit $status
