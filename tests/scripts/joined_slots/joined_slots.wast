;; A variant whose cases share flat slots: what one case does not use of a slot does not travel from
;; one component to the other.
(component
  (component $Callee
    (type $v' (variant (case "s" string) (case "w" u32) (case "f" f32) (case "d" u64)))
    (export $v "v" (type $v'))
    (core module $M
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
      (func (export "take") (param i32 i64 i32) (result i64) (local.get 1)))
    (core instance $m (instantiate $M))
    (func (export "take") (param "v" $v) (result u64)
      (canon lift (core func $m "take")
        (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))
  (instance $callee (instantiate $Callee))
  (component $Caller
    (import "callee" (instance $callee
      (type $v' (variant (case "s" string) (case "w" u32) (case "f" f32) (case "d" u64)))
      (export "v" (type $v (eq $v')))
      (export "take" (func (param "v" $v) (result u64)))))
    (core module $Libc (memory (export "memory") 1))
    (core instance $libc (instantiate $Libc))
    (core func $take (canon lower (func $callee "take") (memory (core memory $libc "memory"))))
    (core module $M
      (import "" "take" (func $take (param i32 i64 i32) (result i64)))
      (func (export "pass") (param i32) (result i64)
        (call $take (local.get 0) (i64.const 0x1234_5678_0000_0008) (i32.const 0))))
    (core instance $m (instantiate $M (with "" (instance (export "take" (func $take))))))
    (func (export "pass") (param "case" u32) (result u64) (canon lift (core func $m "pass"))))
  (instance $caller (instantiate $Caller (with "callee" (instance $callee))))
  (export "pass" (func $caller "pass")))
(assert_return (invoke "pass" (u32.const 0)) (u64.const 64))
(assert_return (invoke "pass" (u32.const 1)) (u64.const 8))
(assert_return (invoke "pass" (u32.const 2)) (u64.const 8))
(assert_return (invoke "pass" (u32.const 3)) (u64.const 0x1234_5678_0000_0008))
