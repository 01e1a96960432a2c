;; Gives each kind of item to the module that is linked after it (user.wat).
(module
  (memory (export "memory") 1)
  (table (export "table") 2 funcref)
  (global $calls (export "calls") (mut i32) (i32.const 0))
  ;; 2 n + 1, by way of the memory; counts its calls.
  (func (export "twice") (param $n i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store (i32.const 32) (local.get $n))
    (i32.add (i32.load (i32.const 32)) (i32.add (i32.load (i32.const 32)) (i32.const 1))))
  (func (export "divide") (param $n i64) (result i64) (i64.div_u (i64.const 7) (local.get $n)))
  ;; The table's function, of whichever module it is.
  (func (export "through") (param $at i32) (param $n i32) (result i32)
    (call_indirect (param i32) (result i32) (local.get $n) (local.get $at))))
