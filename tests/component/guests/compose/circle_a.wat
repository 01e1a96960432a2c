;; Imports what circle_b.wat exports, and the other way round.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "test:circle/b" (instance $other (export "get" (func (result u32)))))
  (alias export $other "get" (func $get))
  (instance $own (export "get" (func $get)))
  (export "test:circle/a" (instance $own)))
