#!/bin/bash
# scripts/check_format.sh [--fix]: whether the sources are as .clang-format says, by the version that Debian 12 has.
# Tables that are aligned by hand stand between `// clang-format off` and `// clang-format on`.
set -euo pipefail
cd "$(dirname "$0")/.."

format=(clang-format-14 --dry-run -Werror)
[ "${1:-}" != --fix ] || format=(clang-format-14 -i)
git ls-files -z -- {src,include,tests,bench,examples}/'*.'{h,hpp,c,cpp} | xargs -0 "${format[@]}"
