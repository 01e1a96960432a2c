;; Imports what circle_a.wat exports, and the other way round.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "test:circle/a" (instance $other (export "get" (func (result u32)))))
  (alias export $other "get" (func $get))
  (instance $own (export "get" (func $get)))
  (export "test:circle/b" (instance $own)))
