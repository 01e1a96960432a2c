;; Makes resources of the host for thing_user.wat.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "test:host/things@0.2.6" (instance $things
    (export "thing" (type $thing (sub resource)))
    (export "[constructor]thing" (func (param "value" u32) (result (own $thing))))
    (export "[method]thing.value" (func (param "self" (borrow $thing)) (result u32)))))
  (alias export $things "thing" (type $thing))
  (core func $new (canon lower (func $things "[constructor]thing")))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (result i32) (call $new (i32.const 31))))
  (core instance $m (instantiate $m (with "" (instance (export "new" (func $new))))))
  (type $own (own $thing))
  (func $make (result $own) (canon lift (core func $m "make")))
  (instance $api (export "make" (func $make)))
  (export "test:dep/maker@0.1.0" (instance $api)))
