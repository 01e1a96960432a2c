;; A command that calls a function of wasi:http, of which only stubs are there. Built by scripts/build_guests.sh.
(component
  (import "wasi:http/types@0.2.0" (instance $host
    (export "fields" (type (sub resource)))
    (export "[constructor]fields" (func (result (own 0))))))
  (core func $call (canon lower (func $host "[constructor]fields")))
  (core module $code
    (import "host" "call" (func $call (result i32)))
    (func (export "run") (result i32) call $call))
  (core instance $instance (instantiate $code
    (with "host" (instance (export "call" (func $call))))))
  (func $run (result (result)) (canon lift (core func $instance "run")))
  (instance $exported (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exported)))
