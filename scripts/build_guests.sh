#!/bin/bash
# Rebuilds the wasm files that are committed beside their sources: examples/*.wasm, tests/guests/*.wasm,
# tests/component/guests/*.wasm and bench/guests/*.wasm.
#
# Needs rustc with the target wasm32-wasip2, clang with wasi-libc and libclang-rt-14-dev-wasm32, wasm-tools and
# wit-bindgen; the WIT texts of WASI (WISP_WIT), and the command adapter of preview 1 (WASI_ADAPTER).
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
wit=${WISP_WIT:-$root/../shared/wit}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

rustc --target wasm32-wasip2 -C opt-level=s -C lto -C strip=symbols -C panic=abort -C codegen-units=1 \
  examples/hello.rs -o examples/hello.wasm

# Rust guests with bindings of their own: FOLDER/NAME.wit says the world, the result is FOLDER.wasm.
build_rust() {
  local folder=$1 name
  name=$(basename "$folder")
  cp -r "$folder" "$scratch/$name"
  mkdir -p "$scratch/$name/wit/deps"
  mv "$scratch/$name/$name.wit" "$scratch/$name/wit/"
  for package in io clocks random filesystem sockets cli; do
    mkdir "$scratch/$name/wit/deps/$package"
    cp "$wit/$package"/*.wit "$scratch/$name/wit/deps/$package/"
  done
  CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$scratch/target} \
    cargo build --quiet --release --target wasm32-wasip2 --manifest-path "$scratch/$name/Cargo.toml"
  cp "${CARGO_TARGET_DIR:-$scratch/target}/wasm32-wasip2/release/$name.wasm" "$folder.wasm"
}
build_rust tests/guests/probe
build_rust bench/guests/wasi_calls

# The C guests: a module by wasi-libc made a component by the adapter, and one with bindings of its own.
clang --target=wasm32-wasi -Os -Wl,--strip-all tests/guests/posix.c -o "$scratch/posix.core.wasm"
wasm-tools component new "$scratch/posix.core.wasm" --adapt "wasi_snapshot_preview1=$WASI_ADAPTER" \
  -o tests/guests/posix.wasm

mkdir -p "$scratch/utf16/deps"
cp tests/guests/utf16.wit "$scratch/utf16/"
cp -r "$scratch/probe/wit/deps/." "$scratch/utf16/deps/"
wit-bindgen c "$scratch/utf16" --world utf16 --string-encoding utf16 --out-dir "$scratch/bindings" >/dev/null
clang --target=wasm32-wasi -mexec-model=reactor -Os -Wl,--strip-all -I"$scratch/bindings" tests/guests/utf16.c \
  "$scratch/bindings/utf16.c" "$scratch/bindings/utf16_component_type.o" -o "$scratch/utf16.core.wasm"
wasm-tools component new "$scratch/utf16.core.wasm" -o tests/guests/utf16.wasm

wit-bindgen c tests/guests/echo.wit --out-dir "$scratch/echo" >/dev/null
clang --target=wasm32-wasi -mexec-model=reactor -Os -Wl,--strip-all -I"$scratch/echo" tests/guests/echo.c \
  "$scratch/echo/echo.c" "$scratch/echo/echo_component_type.o" -o "$scratch/echo.core.wasm"
wasm-tools component new "$scratch/echo.core.wasm" -o tests/guests/echo.wasm

wasm-tools component embed --dummy --all-features --world everything tests/guests/world.wit -o "$scratch/world.core.wasm"
wasm-tools component new "$scratch/world.core.wasm" -o tests/guests/world.wasm

for guest in examples/shapes tests/guests/{traps,nested_exit,stubs,waiting,containers,numbers,preview1} bench/guests/calls; do
  wasm-tools parse "$guest.wat" -o "$guest.wasm"
done

# The guests of the component layer's tests.
for guest in tests/component/guests/{*,fold/*}.wat; do
  wasm-tools parse "$guest" -o "${guest%.wat}.wasm"
done

# The scripts of our own, in the form that spec_runner reads.
for script in tests/scripts/*/*.wast; do
  folder=$(dirname "$script")
  rm -f "$folder"/*.wasm "$folder"/*.json
  (cd "$folder" && wasm-tools json-from-wast "$(basename "$script")" -o "$(basename "$folder").json" --wasm-dir .)
done
