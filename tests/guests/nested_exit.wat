;; A command whose `run` calls another component, which exits with 42. Built by scripts/build_guests.sh.
(component
  (import "wasi:cli/exit@0.2.12" (instance $exit
    (export "exit-with-code" (func (param "status-code" u8)))))
  (component $inner
    (import "exit" (func $exit (param "status-code" u8)))
    (core func $exit (canon lower (func $exit)))
    (core module $code
      (import "host" "exit" (func $exit (param i32)))
      (func (export "leave") i32.const 42 call $exit unreachable))
    (core instance $instance (instantiate $code
      (with "host" (instance (export "exit" (func $exit))))))
    (func (export "leave") (canon lift (core func $instance "leave"))))
  (component $outer
    (import "leave" (func $leave))
    (core func $leave (canon lower (func $leave)))
    (core module $code
      (import "inner" "leave" (func $leave))
      (func (export "run") (result i32) call $leave unreachable))
    (core instance $instance (instantiate $code
      (with "inner" (instance (export "leave" (func $leave))))))
    (func (export "run") (result (result)) (canon lift (core func $instance "run"))))
  (alias export $exit "exit-with-code" (func $exit_with_code))
  (instance $inner (instantiate $inner (with "exit" (func $exit_with_code))))
  (alias export $inner "leave" (func $leave))
  (instance $outer (instantiate $outer (with "leave" (func $leave))))
  (alias export $outer "run" (func $run))
  (instance $exported (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exported)))
