#!/bin/bash
# Rebuilds the wasm files that are committed beside their sources: examples/*.wasm, tests/guests/{,plug/,net/}*.wasm,
# tests/component/guests/*.wasm and bench/guests/*.wasm.
#
# Needs rustc with the targets wasm32-wasip1 and wasm32-wasip2, clang with wasi-libc and libclang-rt-14-dev-wasm32, wasm-tools,
# wit-bindgen and asc (AssemblyScript); the WIT texts of WASI (WISP_WIT), and the command adapter of preview 1 (WASI_ADAPTER);
# a C compiler for wasm32-wasip2, such as that of wasi-sdk (WASIP2_CC). With componentize-py, that of CPython too: it has 20 MB
# and is not committed.
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
build_rust tests/guests/sockets
build_rust tests/guests/names
build_rust bench/guests/wasi_calls

# Guests in C that declare their imports by hand: NAME.c, NAME.wit.
build_bare() {
  local source=$1 name
  name=$(basename "$source")
  mkdir -p "$scratch/bare_$name"
  cp "$source.wit" "$scratch/bare_$name/"
  cp -r "$scratch/probe/wit/deps" "$scratch/bare_$name/"
  clang --target=wasm32 -nostdlib -O2 -mbulk-memory -Wl,--no-entry,--strip-all,-z,stack-size=65536 "$source.c" \
    -o "$scratch/$name.core.wasm"
  wasm-tools component embed "$scratch/bare_$name" --world "${name//_/-}" "$scratch/$name.core.wasm" -o "$scratch/$name.embedded.wasm"
  wasm-tools component new "$scratch/$name.embedded.wasm" -o "$source.wasm"
}
build_bare bench/guests/echo_server
build_bare bench/guests/splice

# What the system does to programs, and small clients and servers by several standard libraries.
rust_program() {
  rustc --edition 2021 --target wasm32-wasip2 -C opt-level=s -C lto -C strip=symbols -C panic=abort -C codegen-units=1 \
    "$1.rs" -o "$1.wasm"
}
net=tests/guests/net
rust_program tests/guests/faults
rust_program $net/std_net
cp -r $net/tokio_net "$scratch/tokio_net"
RUSTFLAGS="--cfg tokio_unstable" CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$scratch/target} \
  cargo build --quiet --release --target wasm32-wasip2 --manifest-path "$scratch/tokio_net/Cargo.toml"
cp "${CARGO_TARGET_DIR:-$scratch/target}/wasm32-wasip2/release/tokio_net.wasm" $net/tokio_net.wasm
for guest in bsd_net in_flight; do
  $WASIP2_CC -Os -Wl,--strip-all $net/$guest.c -o $net/$guest.wasm
done
if command -v componentize-py >/dev/null; then
  mkdir "$scratch/python"
  cp -r "$scratch/probe/wit/deps" "$scratch/python/deps"
  echo 'package wisp:python; world command { include wasi:cli/command@0.2.12; }' >"$scratch/python/world.wit"
  (cd $net && componentize-py --quiet --wit-path "$scratch/python" --world command componentize python_net -o python_net.wasm)
fi

# Core modules of preview 1.
rustc --edition 2021 --target wasm32-wasip1 -C opt-level=s -C lto -C strip=symbols -C panic=abort -C codegen-units=1 \
  bench/guests/preview1_calls.rs -o bench/guests/preview1_calls.wasm
cp -r tests/guests/preview1 "$scratch/preview1"
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$scratch/target} \
  cargo build --quiet --release --target wasm32-wasip1 --manifest-path "$scratch/preview1/Cargo.toml"
cp "${CARGO_TARGET_DIR:-$scratch/target}/wasm32-wasip1/release/preview1.wasm" tests/guests/preview1.wasm

# The C guests: a module by wasi-libc made a component by the adapter, and one with bindings of its own.
clang --target=wasm32-wasi -Os -Wl,--strip-all tests/guests/posix.c -o tests/guests/modules/posix.wasm
wasm-tools component new tests/guests/modules/posix.wasm --adapt "wasi_snapshot_preview1=$WASI_ADAPTER" \
  -o tests/guests/posix.wasm

clang --target=wasm32-wasi -Os -Wl,--strip-all bench/guests/file_work.c -o bench/guests/file_work.p1.wasm
wasm-tools component new bench/guests/file_work.p1.wasm --adapt "wasi_snapshot_preview1=$WASI_ADAPTER" \
  -o bench/guests/file_work.wasm

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

for guest in examples/shapes tests/guests/modules/{unknown,before_code,no_memory,reactor,start,nameless,plain,mistyped} tests/guests/{traps,escapes,nested_exit,polling,stubs,unknown,waiting,containers,numbers,unlinkable,unsupported,before_code/{shop,basket},run_types/{number,nothing,payload,error,parameter,lacking}} bench/guests/{calls,fused}; do
  wasm-tools parse "$guest.wat" -o "$guest.wasm"
done

# The components that are plugged together: Rust, C and AssemblyScript.
plug=tests/guests/plug
cp -r $plug/app "$scratch/app"
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$scratch/target} \
  cargo build --quiet --release --target wasm32-wasip2 --manifest-path "$scratch/app/Cargo.toml"
cp "${CARGO_TARGET_DIR:-$scratch/target}/wasm32-wasip2/release/app.wasm" $plug/app.wasm

asc $plug/text.ts -O3s --runtime stub --use abort= -t "$scratch/text.wat" -o "$scratch/text.wasm"
sed -i -E 's,\(export "(shout|sum)",(export "test:kit/text@1.2.0#\1",' "$scratch/text.wat"
wasm-tools parse "$scratch/text.wat" -o "$scratch/text.core.wasm"
wasm-tools component embed --encoding utf16 --world text-plug $plug/kit.wit "$scratch/text.core.wasm" -o "$scratch/text.embedded.wasm"
wasm-tools component new "$scratch/text.embedded.wasm" -o $plug/text.wasm

wit-bindgen c $plug/kit.wit --world counters-plug --out-dir "$scratch/counters" >/dev/null
clang --target=wasm32-wasi -mexec-model=reactor -Os -Wl,--strip-all -I"$scratch/counters" $plug/counters.c \
  "$scratch/counters/counters_plug.c" "$scratch/counters/counters_plug_component_type.o" -o "$scratch/counters.core.wasm"
wasm-tools component new "$scratch/counters.core.wasm" -o $plug/counters.wasm

mkdir -p "$scratch/wrap/deps"
cp $plug/wrap.wit "$scratch/wrap/"
cp -r "$scratch/probe/wit/deps/." "$scratch/wrap/deps/"
wit-bindgen c "$scratch/wrap" --world wrap --out-dir "$scratch/wrapped" >/dev/null
clang --target=wasm32-wasi -mexec-model=reactor -Os -Wl,--strip-all -I"$scratch/wrapped" $plug/environment.c \
  "$scratch/wrapped/wrap.c" "$scratch/wrapped/wrap_component_type.o" -o "$scratch/environment.core.wasm"
wasm-tools component new "$scratch/environment.core.wasm" -o $plug/environment.wasm

# The guests of the component layer's tests.
for guest in tests/component/guests/{*,compose/*,fold/*}.wat; do
  wasm-tools parse "$guest" -o "${guest%.wat}.wasm"
done

# The modules of the oracle's tests.
for guest in tests/oracle/cases/*.wat; do
  wasm-tools parse "$guest" -o "${guest%.wat}.wasm"
done

# The scripts of our own, in the form that spec_runner reads.
for script in tests/scripts/*/*.wast; do
  folder=$(dirname "$script")
  rm -f "$folder"/*.wasm "$folder"/*.json
  (cd "$folder" && wasm-tools json-from-wast "$(basename "$script")" -o "$(basename "$folder").json" --wasm-dir .)
done
