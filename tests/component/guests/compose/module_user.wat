;; Imports a core module.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "code" (core module $code (export "get" (func (result i32)))))
  (core instance $code (instantiate $code))
  (func (export "get") (result u32) (canon lift (core func $code "get"))))
