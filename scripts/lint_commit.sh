#!/bin/bash
# Checks the subject lines of commits: scripts/lint_commit.sh [RANGE] (default: the last commit), or a message file as a
# commit-msg hook. Form: `jit: Spill callee-saved registers lazily`.
set -euo pipefail
layers='platform|jit|component|wasi|api|cli|tests|bench|build|docs|examples'

check() {
  local subject=$1 status=0
  [ ${#subject} -le 72 ] || { echo "longer than 72 characters: $subject" >&2; status=1; }
  [[ "$subject" =~ ^($layers)(,\ ?($layers))*:\ [A-Z] ]] || { echo "wants 'layer: Imperative': $subject" >&2; status=1; }
  [[ "$subject" != *. ]] || { echo "ends with a period: $subject" >&2; status=1; }
  return $status
}

if [ $# -eq 1 ] && [ -f "$1" ]; then
  check "$(head -n 1 "$1")"
  exit
fi
failed=0
while IFS= read -r subject; do check "$subject" || failed=1; done < <(git log --format=%s "${1:--1}")
exit $failed
