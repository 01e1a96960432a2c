#!/bin/bash
# scripts/run.sh [OPTIONS] FILE [ARGS]: installs what is missing, builds the release preset and runs `wisp run`.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/scripts/build.sh" release wisp
exec "$root/build/release/wisp" run "$@"
