;; Exports a core module and a resource type, for user.wat: see component_linker_test.cpp. Built by
;; scripts/build_guests.sh.
(component
  (core module $answer (export "answer")
    (func (export "f") (result i32) i32.const 42))
  (type $r (resource (rep i32)))
  (export "r" (type $r))
  (component $inner (core module (export "other") (func (export "f") (result i32) i32.const 7)))
  (instance $inner (instantiate $inner))
  (export "inner" (instance $inner)))
