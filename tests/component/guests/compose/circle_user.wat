;; Needs circle_a.wat.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "test:circle/a" (instance $a (export "get" (func (result u32)))))
  (alias export $a "get" (func $get))
  (export "get" (func $get)))
