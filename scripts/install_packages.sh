#!/bin/bash
# scripts/install_packages.sh [LIST...]: installs the packages of lists (packages.txt if none is named) that are missing;
# silent and quick when none is.
set -euo pipefail
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- packages.txt

mapfile -t wanted < <(grep -hv '^#' "$@")
# Those of this machine's own architecture are listed without it.
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n${Package}:${Architecture} ${db:Status-Status}\n' \
  "${wanted[@]}" 2>/dev/null | awk '$2 == "installed" {print $1}' || true)
missing=()
for package in "${wanted[@]}"; do
  [[ $'\n'$installed$'\n' == *$'\n'$package$'\n'* ]] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing: ${missing[*]}" >&2
privileged=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "install_packages.sh: run it as root, or install sudo" >&2; exit 1; }
  privileged=(sudo)
fi
[[ "${missing[*]}" != *:arm64* ]] || "${privileged[@]}" dpkg --add-architecture arm64
"${privileged[@]}" apt-get update -q >&2
"${privileged[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
