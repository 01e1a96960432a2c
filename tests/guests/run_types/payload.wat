;; A run whose result has a payload. Its module traps when it starts.
(component
  (core module $m
    (memory (export "memory") 1)
    (func $start unreachable)
    (start $start)
    (func (export "run") (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func $run (result (result u32)) (canon lift (core func $i "run") (memory (core memory $i "memory"))))
  (instance $exported (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exported)))
