;; A run that takes something. Its module traps when it starts.
(component
  (core module $m
    (func $start unreachable)
    (start $start)
    (func (export "run") (param i32) (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func $run (param "status" u32) (result (result)) (canon lift (core func $i "run")))
  (instance $exported (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exported)))
