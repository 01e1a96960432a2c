;; What store_test.cpp and the benches of calls and traps run; guest.wasm is made from it with
;; `wasm-tools parse`.
(module
  (import "host" "f" (func $host (param i32 i64) (result i64)))
  (memory (export "memory") 1 4)
  (table (export "table") 4 funcref)
  (global (export "global") (mut i64) (i64.const 7))
  (func (export "nop"))
  (func $add (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
  (func (export "call_host") (param i32) (result i64) (local i64)
    loop
      local.get 0 local.get 1 call $host local.set 1
      local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
    end
    local.get 1)
  (func (export "unreachable") unreachable)
  (func (export "load") (param i32) (result i32) local.get 0 i32.load)
  (func (export "divide") (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s)
  (func $recurse (export "recurse") (param i32) (result i32)
    local.get 0 i32.eqz if (result i32) i32.const 0 else local.get 0 i32.const 1 i32.sub call $recurse i32.const 1 i32.add end)
  (func (export "dirty") (param i64)
    i32.const 0 local.get 0 i64.store  i32.const 65528 local.get 0 i64.store
    local.get 0 global.set 0  i32.const 1 i32.const 0 table.get 0 table.set 0
    i32.const 1 memory.grow drop  i32.const 65536 local.get 0 i64.store)
  (func (export "grow") (param i32) (result i32) local.get 0 memory.grow)
  (elem (i32.const 0) $add)
)
