;; wasi:cli/run is `run: func() -> result`: a run that returns a number. Its module traps when it starts.
(component
  (core module $m
    (func $start unreachable)
    (start $start)
    (func (export "run") (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func $run (result u32) (canon lift (core func $i "run")))
  (instance $exported (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exported)))
