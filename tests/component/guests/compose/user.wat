;; Exports again what it imports.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "test:dep/api@1.1.0" (instance $api (export "get" (func (result u32)))))
  (alias export $api "get" (func $get))
  (export "get" (func $get)))
