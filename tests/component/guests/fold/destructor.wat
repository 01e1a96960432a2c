;; The destructor of a resource type is a function of the program, which imports the functions of the type: as
;; wit-component does it. Folds to the program alone.
;; See shim_folder_test.cpp. Built by scripts/build_guests.sh.
(component
  (core module $shim
    (type $drop (func (param i32)))
    (table (export "$imports") 1 1 funcref)
    (func (export "0") (type $drop) (call_indirect (type $drop) (local.get 0) (i32.const 0))))
  (core module $main
    (import "r" "new" (func $new (param i32) (result i32)))
    (import "r" "drop" (func $drop (param i32)))
    (global $dropped (mut i32) (i32.const 0))
    (func (export "destructor") (param i32) (global.set $dropped (local.get 0)))
    (func (export "run") (result i32)
      (call $drop (call $new (i32.const 89)))
      (global.get $dropped)))
  (core module $fixups
    (import "" "0" (func (param i32)))
    (import "" "$imports" (table 1 1 funcref))
    (elem (i32.const 0) func 0))
  (core instance $shim (instantiate $shim))
  (type $r (resource (rep i32) (dtor (core func $shim "0"))))
  (core func $new (canon resource.new $r))
  (core func $drop (canon resource.drop $r))
  (core instance $main (instantiate $main (with "r" (instance
    (export "new" (func $new))
    (export "drop" (func $drop))))))
  (core instance (instantiate $fixups (with "" (instance
    (export "$imports" (table $shim "$imports"))
    (export "0" (func $main "destructor"))))))
  (func (export "run") (result u32) (canon lift (core func $main "run"))))
