;; Calls that nest as deeply as the argument says; a trap one call further in for a negative one.
(module
  (func $trap (result i32) (unreachable))
  (func $down (export "down") (param $n i32) (result i32)
    (if (i32.lt_s (local.get $n) (i32.const 0)) (then (return (call $trap))))
    (if (result i32) (local.get $n)
      (then (i32.add (i32.const 1) (call $down (i32.sub (local.get $n) (i32.const 1)))))
      (else (i32.const 0)))))
