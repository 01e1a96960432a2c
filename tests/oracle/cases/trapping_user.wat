;; Its second data segment does not fit: the function in the table and the bytes of the first one stay.
(module
  (import "m0" "m0" (memory 1))
  (import "m0" "t0" (table 4 funcref))
  (global $calls (mut i32) (i32.const 40))
  (elem (i32.const 1) $count)
  (data (i32.const 8) "\2a")
  (data (i32.const 65536) "x")
  (func $count (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store offset=12 (i32.const 0) (global.get $calls))
    (global.get $calls)))
