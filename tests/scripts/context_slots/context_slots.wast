;; The allocator runs as if in a thread of its own: its context slots begin at 0, and what it leaves
;; in them is not seen by the call that goes on. For parameters of a call of the host, parameters of
;; a call between components, and results.
(component
  (component $Callee
    (core func $get (canon context.get i32 0))
    (core func $set (canon context.set i32 1))
    (core module $Main
      (import "" "get" (func $get (result i32)))
      (import "" "set" (func $set (param i32)))
      (memory (export "memory") 1)
      (global $seen (mut i32) (i32.const -1))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $seen (call $get))
        (call $set (i32.const 7))
        (i32.const 64))
      (func (export "take") (param i32 i32) (result i32) (global.get $seen))
      (func (export "give") (result i32)
        (i32.store (i32.const 0) (i32.const 16))
        (i32.store (i32.const 4) (i32.const 3))
        (i32.const 0)))
    (core instance $main (instantiate $Main (with "" (instance
      (export "get" (func $get))
      (export "set" (func $set))))))
    (func (export "take") (param "s" string) (result u32)
      (canon lift (core func $main "take")
        (memory (core memory $main "memory")) (realloc (core func $main "realloc"))))
    (func (export "give") (result string)
      (canon lift (core func $main "give") (memory (core memory $main "memory")))))
  (component $Caller
    (import "take" (func $take (param "s" string) (result u32)))
    (import "give" (func $give (result string)))
    (core func $get0 (canon context.get i32 0))
    (core func $get1 (canon context.get i32 1))
    (core func $set0 (canon context.set i32 0))
    (core module $Libc
      (import "" "get0" (func $get0 (result i32)))
      (import "" "set0" (func $set0 (param i32)))
      (memory (export "memory") 1)
      (data (i32.const 8) "abc")
      (global $seen (export "seen") (mut i32) (i32.const -1))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $seen (call $get0))
        (call $set0 (i32.const 9))
        (i32.const 128)))
    (core instance $libc (instantiate $Libc (with "" (instance
      (export "get0" (func $get0))
      (export "set0" (func $set0))))))
    (core func $take' (canon lower (func $take) (memory (core memory $libc "memory"))))
    (core func $give' (canon lower (func $give)
      (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
    (core module $Main
      (import "" "take" (func $take (param i32 i32) (result i32)))
      (import "" "give" (func $give (param i32)))
      (import "" "get0" (func $get0 (result i32)))
      (import "" "get1" (func $get1 (result i32)))
      (import "" "set0" (func $set0 (param i32)))
      (import "libc" "seen" (global $seen (mut i32)))
      (func (export "run") (result i32)
        (call $set0 (i32.const 5))
        ;; the callee's allocator saw 0, not our 5
        (if (i32.ne (call $take (i32.const 8) (i32.const 3)) (i32.const 0)) (then unreachable))
        (if (i32.ne (call $get0) (i32.const 5)) (then unreachable))
        ;; our own saw 0 while we have 5, and its 9 is gone
        (call $give (i32.const 32))
        (if (i32.ne (global.get $seen) (i32.const 0)) (then unreachable))
        (if (i32.ne (call $get0) (i32.const 5)) (then unreachable))
        (call $get1)))
    (core instance $main (instantiate $Main
      (with "" (instance
        (export "take" (func $take'))
        (export "give" (func $give'))
        (export "get0" (func $get0))
        (export "get1" (func $get1))
        (export "set0" (func $set0))))
      (with "libc" (instance $libc))))
    (func (export "run") (result u32) (canon lift (core func $main "run"))))
  (instance $callee (instantiate $Callee))
  (instance $caller (instantiate $Caller
    (with "take" (func $callee "take")) (with "give" (func $callee "give"))))
  (export "run" (func $caller "run"))
  (export "take" (func $callee "take")))
(assert_return (invoke "run") (u32.const 0))
(assert_return (invoke "take" (str.const "from the host")) (u32.const 0))

;; post-return belongs to the call: it sees the slots as the callee left them. The caller's are as
;; they were.
(component
  (component $Callee
    (core func $get (canon context.get i32 0))
    (core func $set (canon context.set i32 0))
    (core module $M
      (import "" "get" (func $get (result i32)))
      (import "" "set" (func $set (param i32)))
      (func (export "f") (param i32) (result i32)
        (if (i32.ne (call $get) (i32.const 0)) (then unreachable))
        (call $set (local.get 0))
        (local.get 0))
      (func (export "post") (param i32)
        (if (i32.ne (call $get) (local.get 0)) (then unreachable))
        (call $set (i32.const 99))))
    (core instance $m (instantiate $M (with "" (instance
      (export "get" (func $get)) (export "set" (func $set))))))
    (func (export "f") (param "x" u32) (result u32)
      (canon lift (core func $m "f") (post-return (core func $m "post")))))
  (component $Caller
    (import "f" (func $f (param "x" u32) (result u32)))
    (core func $get (canon context.get i32 0))
    (core func $set (canon context.set i32 0))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "f" (func $f (param i32) (result i32)))
      (import "" "get" (func $get (result i32)))
      (import "" "set" (func $set (param i32)))
      (func (export "g") (result i32)
        (call $set (i32.const 5))
        (if (i32.ne (call $f (i32.const 7)) (i32.const 7)) (then unreachable))
        (if (i32.ne (call $f (i32.const 8)) (i32.const 8)) (then unreachable))
        (call $get)))
    (core instance $m (instantiate $M (with "" (instance
      (export "f" (func $f')) (export "get" (func $get)) (export "set" (func $set))))))
    (func (export "g") (result u32) (canon lift (core func $m "g"))))
  (instance $callee (instantiate $Callee))
  (instance $caller (instantiate $Caller (with "f" (func $callee "f"))))
  (export "f" (func $callee "f"))
  (export "g" (func $caller "g")))
(assert_return (invoke "g") (u32.const 5))
(assert_return (invoke "f" (u32.const 3)) (u32.const 3))
(assert_return (invoke "g") (u32.const 5))
