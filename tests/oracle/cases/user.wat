;; Takes everything from provider.wat: linked by type, so the names do not matter.
(module
  (import "provider" "twice" (func $twice (param i32) (result i32)))
  (import "provider" "divide" (func $divide (param i64) (result i64)))
  (import "provider" "memory" (memory 1))
  (import "provider" "table" (table 2 funcref))
  (import "provider" "calls" (global $calls (mut i32)))
  (func (export "call") (param $n i32) (result i32)
    (local $kept i32)
    (local.set $kept (i32.mul (local.get $n) (i32.const 7)))
    (i32.store (i32.const 32) (i32.const 5))
    (i32.sub (i32.add (call $twice (local.get $n)) (local.get $kept)) (local.get $kept)))
  (func (export "trap") (param $n i32) (result i64)
    (call $divide (i64.extend_i32_u (local.get $n))))
  ;; 3 n and how often `twice` ran.
  (func $thrice (param $n i32) (result i32)
    (i32.add (global.get $calls) (i32.mul (local.get $n) (i32.const 3))))
  (elem (i32.const 1) func $thrice))
