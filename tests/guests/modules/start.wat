;; A start function calls the host before anybody has seen the instance; `_start` comes behind it.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\06\00\00\00start\0a_start\0a")
  (func $put (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64))))
  (func $begin (call $put))
  (start $begin)
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 14))
    (i32.store (i32.const 4) (i32.const 7))
    (call $put)))
