#!/bin/bash
# Rebuilds the wasm files that are committed beside their sources: examples/hello.wasm and tests/guests/*.wasm.
#
# Needs rustc with the target wasm32-wasip2, clang with wasi-libc, wasm-tools and wit-bindgen; the WIT texts of WASI
# (WISP_WIT), and for the C guest the command adapter of preview 1 (WASI_ADAPTER).
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
wit=${WISP_WIT:-$root/../shared/wit}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

rustc --target wasm32-wasip2 -C opt-level=s -C lto -C strip=symbols -C panic=abort -C codegen-units=1 \
  examples/hello.rs -o examples/hello.wasm

cp -r tests/guests/probe "$scratch/probe"
mkdir -p "$scratch/probe/wit/deps"
mv "$scratch/probe/probe.wit" "$scratch/probe/wit/"
for package in io clocks random filesystem sockets cli; do
  mkdir "$scratch/probe/wit/deps/$package"
  cp "$wit/$package"/*.wit "$scratch/probe/wit/deps/$package/"
done
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$scratch/target} \
  cargo build --quiet --release --target wasm32-wasip2 --manifest-path "$scratch/probe/Cargo.toml"
cp "${CARGO_TARGET_DIR:-$scratch/target}/wasm32-wasip2/release/probe.wasm" tests/guests/probe.wasm
