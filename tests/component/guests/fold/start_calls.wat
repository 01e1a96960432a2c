;; The program has a start function that calls the shim before its table is filled, which traps: stays as it is.
;; See shim_folder_test.cpp. Built by scripts/build_guests.sh.
(component
  (import "test:host/fold@0.2.0" (instance $host
    (export "get" (func (result u32)))
    (export "text" (func (result string)))
    (export "difference" (func (param "a" u32) (param "b" u32) (result u32)))))
  (core module $shim
    (type $get (func (result i32)))
    (type $text (func (param i32)))
    (type $two (func (param i32 i32) (result i32)))
    (table (export "$imports") 3 3 funcref)
    (func (export "0") (type $get) (call_indirect (type $get) (i32.const 0)))
    (func (export "1") (type $text) (call_indirect (type $text) (local.get 0) (i32.const 1)))
    (func (export "2") (type $two) (call_indirect (type $two) (local.get 0) (local.get 1) (i32.const 2))))
  (core module $main
    (import "host" "get" (func $get (result i32)))
    (import "host" "text" (func $text (param i32)))
    (import "host" "difference" (func $difference (param i32 i32) (result i32)))
    (func $start (drop (call $get)))
    (start $start)
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 256)
    ;; get() + the length of text() + difference(50, 8): 42 + 5 + 42
    (func (export "run") (result i32)
      (call $text (i32.const 16))
      (i32.add
        (i32.add (call $get) (i32.load (i32.const 20)))
        (call $difference (i32.const 50) (i32.const 8)))))
  (core module $fixups
    (type $get (func (result i32)))
    (type $text (func (param i32)))
    (type $two (func (param i32 i32) (result i32)))
    (import "" "0" (func (type $get)))
    (import "" "1" (func (type $text)))
    (import "" "2" (func (type $two)))
    (import "" "$imports" (table 3 3 funcref))
    (elem (i32.const 0) func 0 1 2))
  (core instance $shim (instantiate $shim))
  (core instance $main (instantiate $main (with "host" (instance
    (export "get" (func $shim "0"))
    (export "text" (func $shim "1"))
    (export "difference" (func $shim "2"))))))
  (core func $get (canon lower (func $host "get")))
  (core func $text (canon lower (func $host "text")
    (memory (core memory $main "memory")) (realloc (core func $main "realloc"))))
  (core func $difference (canon lower (func $host "difference")))
  (core instance (instantiate $fixups (with "" (instance
    (export "$imports" (table $shim "$imports"))
    (export "0" (func $get))
    (export "1" (func $text))
    (export "2" (func $difference))))))
  (func (export "run") (result u32) (canon lift (core func $main "run"))))
