#!/bin/bash
# A test of the tests: puts each fault of tests/mutants into a copy of the tree, builds it, and looks whether the tester that the
# patch names finds it within a minute. Prints a line for each, as docs/status.md has them. Exit status 1 if one is not found.
# usage: scripts/test_mutants.sh [NAME...]   (WISP_MUTANTS: a folder for the copy that stays; default: one that does not)
set -euo pipefail
cd "$(dirname "$0")/.."
patches=$PWD/tests/mutants
if [ -n "${WISP_MUTANTS:-}" ]; then
  mkdir -p "$WISP_MUTANTS"
  copy=$(realpath "$WISP_MUTANTS")
else
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
fi
# Only what differs is written, so that the rest is not built again.
git ls-files | sort >"$copy.files"
(cd "$copy" && find . -path ./build -prune -o -type f -printf '%P\n') | sort | comm -13 "$copy.files" - |
  (cd "$copy" && xargs -r -d '\n' rm --)
while IFS= read -r file; do
  cmp -s "$file" "$copy/$file" || { mkdir -p "$copy/$(dirname "$file")" && cp "$file" "$copy/$file"; }
done <"$copy.files"
rm "$copy.files"
mkdir -p "$copy/build"
cd "$copy"
log=$copy/build/mutants.log

build() {
  [ -f build/release/build.ninja ] || cmake --preset release >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
  cmake --build build/release --target "$1" >"$log" 2>&1 || { tail -n 30 "$log" >&2; exit 1; }
}

# seconds COMMAND: how long until it reports a fault; nothing if it does not within a minute
seconds() {
  local begin=$EPOCHREALTIME pid found=""
  timeout 60 "$@" >"$log" 2>&1 &
  pid=$!
  while [ -z "$found" ]; do
    # The oracle says so at once, and goes on to shrink what it found; other tests fail.
    if grep -q '^seed ' "$log"; then found=yes; fi
    if ! kill -0 "$pid" 2>/dev/null; then
      status=0
      wait "$pid" || status=$?
      [ "$status" = 0 ] || [ "$status" = 124 ] || found=yes
      break
    fi
    sleep 0.1
  done
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  [ -z "$found" ] || awk -v begin="$begin" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.1f s\n", end - begin }'
}

names=("$@")
[ $# -gt 0 ] || mapfile -t names < <(cd "$patches" && ls -- *.patch | sed 's/\.patch$//')
status=0
for name in "${names[@]}"; do
  patch=$patches/$name.patch
  what=$(head -n 1 "$patch")
  tester=$(sed -n 's/^Tester: //p' "$patch")
  patch -s -p1 <"$patch"
  case $tester in
    oracle*)
      build oracle
      # shellcheck disable=SC2086
      time=$(seconds build/release/tests/$tester --minutes 1 --findings 1)
      ;;
    *)
      build "${tester%% *}"
      # shellcheck disable=SC2086
      time=$(seconds build/release/tests/$tester)
      ;;
  esac
  patch -s -R -p1 <"$patch"
  [ -n "$time" ] || { time="not found"; status=1; }
  echo "| $name | $what | $time |"
done
exit $status
