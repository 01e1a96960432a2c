;; Uses what provider.wat exports: see component_linker_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "provider" (instance $p
    (export "r" (type (sub resource)))
    (export "answer" (core module (export "f" (func (result i32)))))
    (export "inner" (instance (export "other" (core module (export "f" (func (result i32)))))))))
  (alias export $p "r" (type $r))
  (alias export $p "answer" (core module $answer))
  (alias export $p "inner" (instance $inner))
  (alias export $inner "other" (core module $other))
  (core func $drop (canon resource.drop $r))
  (core instance $a (instantiate $answer))
  (core instance $b (instantiate $other))
  (core module $code
    (import "" "a" (func $a (result i32)))
    (import "" "b" (func $b (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "sum") (result i32) (i32.add (call $a) (call $b)))
    (func (export "drop") (param i32) (call $drop (local.get 0))))
  (core instance $code (instantiate $code (with "" (instance
    (export "a" (func $a "f")) (export "b" (func $b "f")) (export "drop" (func $drop))))))
  (func (export "sum") (result u32) (canon lift (core func $code "sum")))
  (func (export "drop") (param "index" u32) (canon lift (core func $code "drop"))))
