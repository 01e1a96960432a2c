;; A command that calls a function of wasi:sockets, of which only stubs are there. Built by scripts/build_guests.sh.
(component
  (import "wasi:sockets/network@0.2.0" (instance $network
    (export "network" (type (sub resource)))))
  (alias export $network "network" (type $network_type))
  (import "wasi:sockets/instance-network@0.2.0" (instance $host
    (alias outer 1 $network_type (type $network_type))
    (export "network" (type (eq $network_type)))
    (export "instance-network" (func (result (own 1))))))
  (core func $call (canon lower (func $host "instance-network")))
  (core module $code
    (import "host" "call" (func $call (result i32)))
    (func (export "run") (result i32) call $call))
  (core instance $instance (instantiate $code
    (with "host" (instance (export "call" (func $call))))))
  (func $run (result (result)) (canon lift (core func $instance "run")))
  (instance $exported (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exported)))
