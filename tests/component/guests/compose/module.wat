;; Exports a core module.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (core module (export "code") (func (export "get") (result i32) i32.const 77)))
