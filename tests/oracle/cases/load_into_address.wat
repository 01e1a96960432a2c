;; A load whose address is in the local that gets the result, while the other operand is a temporary.
(module
  (memory 1)
  (data (i32.const 64) "\05\00\00\00" "\48\00\00\00" "\03\00\00\00\00\00\00\00")

  (func (export "subtract") (param $at i32) (param $n i32) (result i32)
    (local.set $at (i32.sub (i32.mul (local.get $n) (local.get $n)) (i32.load (local.get $at))))
    (local.get $at))

  (func (export "xor") (param $at i32) (param $n i32) (result i32)
    (local.set $at (i32.xor (i32.shl (local.get $n) (i32.const 8)) (i32.load (local.get $at))))
    (local.get $at))

  (func (export "wide") (param $at i64) (param $n i64) (result i64)
    (local.set $at
      (i64.and (i64.rotl (local.get $n) (i64.const 4)) (i64.load (i32.wrap_i64 (local.get $at)))))
    (local.get $at))

  ;; Follows a list: each word says how far the next one is.
  (func (export "follow") (param $at i32) (result i32)
    (local.set $at
      (i32.add (i32.and (local.get $at) (i32.const -8)) (i32.load offset=4 (local.get $at))))
    (local.get $at)))
