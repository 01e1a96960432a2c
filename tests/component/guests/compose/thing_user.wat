;; Takes a resource of the host from maker.wat and asks the host about it.
;; See composition_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "test:host/things@0.2.2" (instance $things
    (export "thing" (type $thing (sub resource)))
    (export "[constructor]thing" (func (param "value" u32) (result (own $thing))))
    (export "[method]thing.value" (func (param "self" (borrow $thing)) (result u32)))))
  (alias export $things "thing" (type $thing))
  (import "test:dep/maker@0.1.0" (instance $maker
    (export "make" (func (result (own $thing))))))
  (core func $make (canon lower (func $maker "make")))
  (core func $value (canon lower (func $things "[method]thing.value")))
  (core func $drop (canon resource.drop $thing))
  (core module $m
    (import "" "make" (func $make (result i32)))
    (import "" "value" (func $value (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "get") (result i32) (local $handle i32) (local $value i32)
      (local.set $handle (call $make))
      (local.set $value (call $value (local.get $handle)))
      (call $drop (local.get $handle))
      (local.get $value)))
  (core instance $m (instantiate $m (with "" (instance
    (export "make" (func $make)) (export "value" (func $value)) (export "drop" (func $drop))))))
  (func (export "get") (result u32) (canon lift (core func $m "get"))))
