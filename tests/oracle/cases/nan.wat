;; A NaN whose bits the engine chooses: kept in memory, and as what a branch depends on.
(module
  (memory 1)
  (func (export "stored") (param $zero f64)
    (f64.store (i32.const 8) (f64.div (local.get $zero) (local.get $zero)))
    (f64.store (i32.const 16) (f64.div (local.get $zero) (local.get $zero)))
    (memory.fill (i32.const 16) (i32.const 1) (i32.const 8)))
  (func (export "chosen") (param $zero f64) (result i32)
    (if (result i32) (i64.lt_s (i64.load (i32.const 8)) (i64.const 0))
      (then (i32.const 1))
      (else (i32.const 2)))))
