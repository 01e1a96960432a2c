;; Its exports as a whole are what user.wat imports.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (core module $m (func (export "get") (result i32) i32.const 5))
  (core instance $m (instantiate $m))
  (func (export "get") (result u32) (canon lift (core func $m "get"))))
