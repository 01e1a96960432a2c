;; A core module that imports what nobody provides.
(module
  (import "env" "compute" (func $compute (param i32) (result i64)))
  (import "wasi_unstable" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_reed" (func (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (import "env" "table" (table 3 funcref))
  (import "env" "global" (global $global i32))
  (memory (export "memory") 1)
  (func (export "call") (result i64) (drop (call $yield)) (call $compute (i32.const 1)))
  (func (export "size") (result i32) (i32.add (table.size 0) (global.get $global))))
