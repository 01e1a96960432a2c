;; What a guest may make the host keep.

;; Values of the host: 400,000 tuples of 16 bytes, which are 6.4 million values; and one list of a
;; fixed length, whose length no memory holds.
(component definition $Values
  (core module $M
    (memory (export "memory") 128)
    (func (export "tuples") (result i32)
      (i32.store (i32.const 0) (i32.const 16))
      (i32.store (i32.const 4) (i32.const 400000))
      (i32.const 0))
    (func (export "fixed") (result i32) (i32.const 0)))
  (core instance $m (instantiate $M))
  (func (export "tuples") (result (list (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))
    (canon lift (core func $m "tuples") (memory (core memory $m "memory"))))
  (func (export "fixed") (result (list u8 4000000))
    (canon lift (core func $m "fixed") (memory (core memory $m "memory")))))
(component instance $a $Values)
(assert_trap (invoke "tuples") "too much data handed to the host in one call")
(component instance $b $Values)
(assert_trap (invoke "fixed") "too much data handed to the host in one call")

;; Handles: all tables of a component share a million entries.
(component
  (component $Maker
    (type $r (resource (rep i32)))
    (core func $new (canon resource.new $r))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param $count i32)
        (loop $more
          (if (local.get $count) (then
            (drop (call $new (i32.const 1)))
            (local.set $count (i32.sub (local.get $count) (i32.const 1)))
            (br $more))))))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (param "count" u32) (canon lift (core func $m "make"))))
  (instance $a (instantiate $Maker))
  (instance $b (instantiate $Maker))
  (export "a" (func $a "make"))
  (export "b" (func $b "make")))
(assert_return (invoke "a" (u32.const 600000)))
(assert_return (invoke "b" (u32.const 399000)))
(assert_trap (invoke "b" (u32.const 2000)) "resource table has no free keys")

;; Core tables: ten million elements for all.
(component
  (core module $M
    (table $t 0 externref)
    (table $u 0 externref)
    (func (export "grow") (param $first i32) (param $count i32) (result i32)
      (if (result i32) (local.get $first)
        (then (table.grow $t (ref.null extern) (local.get $count)))
        (else (table.grow $u (ref.null extern) (local.get $count))))))
  (core instance $m (instantiate $M))
  (func (export "grow") (param "first" bool) (param "count" u32) (result s32)
    (canon lift (core func $m "grow"))))
(assert_return (invoke "grow" (bool.const true) (u32.const 9000000)) (s32.const 0))
(assert_return (invoke "grow" (bool.const false) (u32.const 1000001)) (s32.const -1))
(assert_return (invoke "grow" (bool.const false) (u32.const 1000000)) (s32.const 0))
(assert_return (invoke "grow" (bool.const true) (u32.const 1)) (s32.const -1))
