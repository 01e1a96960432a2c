;; What the host gives besides functions of an interface: core modules, an instance inside an instance. See
;; component_linker_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "host" (instance $host
    (export "return-three" (func (result u32)))
    (export "nested" (instance (export "return-four" (func (result u32)))))
    (export "simple-module" (core module
      (export "g" (global i32))
      (export "f" (func (result i32)))))))
  (import "adder" (core module $adder
    (import "math" "step" (global i32))
    (import "math" "base" (func (result i32)))
    (export "sum" (func (result i32)))))
  (alias export $host "nested" (instance $nested))
  (alias export $host "simple-module" (core module $simple_module))
  (core instance $simple (instantiate $simple_module))
  (core instance $sum (instantiate $adder (with "math" (instance
    (export "step" (global $simple "g"))
    (export "base" (func $simple "f"))))))
  (core func $three (canon lower (func $host "return-three")))
  (core func $four (canon lower (func $nested "return-four")))
  (core module $code
    (import "host" "three" (func $three (result i32)))
    (import "host" "four" (func $four (result i32)))
    (import "simple" "g" (global $g i32))
    (import "simple" "f" (func $f (result i32)))
    (import "sum" "sum" (func $sum (result i32)))
    ;; 3 * 4 + 100 + 101 + (100 + 101)
    (func (export "all") (result i32)
      (i32.add
        (i32.mul (call $three) (call $four))
        (i32.add (i32.add (global.get $g) (call $f)) (call $sum)))))
  (core instance $code (instantiate $code
    (with "host" (instance (export "three" (func $three)) (export "four" (func $four))))
    (with "simple" (instance $simple))
    (with "sum" (instance $sum))))
  (func (export "all") (result u32) (canon lift (core func $code "all"))))
