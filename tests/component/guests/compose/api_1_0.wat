;; Version 1.0.0 of what user.wat imports.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (core module $m (func (export "get") (result i32) i32.const 10))
  (core instance $m (instantiate $m))
  (func $get (result u32) (canon lift (core func $m "get")))
  (instance $api (export "get" (func $get)))
  (export "test:dep/api@1.0.0" (instance $api)))
