;; Core modules as imports and exports of components: from one to the next, through nested instances and
;; components, exported again by who only imports them; instantiated with arguments of every sort.

;; The host's module, given on.
(component $a
  (import "host" (instance $host
    (export "simple-module" (core module
      (export "f" (func (result i32)))
      (export "g" (global i32))))))
  (alias export $host "simple-module" (core module $m))
  (export "m" (core module $m)))
(component $b
  (import "a" (instance $a
    (export "m" (core module (export "f" (func (result i32)))))))
  (alias export $a "m" (core module $m))
  (component $inner
    (import "m" (core module $m (export "f" (func (result i32)))))
    (instance $nested (export "again" (core module $m)))
    (export "nested" (instance $nested)))
  (instance $inner (instantiate $inner (with "m" (core module $m))))
  (export "nested" (instance $inner "nested")))
(component $c
  (import "b" (instance $b
    (export "nested" (instance
      (export "again" (core module (export "f" (func (result i32)))))))))
  (alias export $b "nested" (instance $nested))
  (alias export $nested "again" (core module $m))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))
(assert_return (invoke "f") (u32.const 101))

;; A module of its own: every sort of argument, in another order than that of its type.
(component $provider
  (core module $m (export "user")
    (import "e" "table" (table $t 1 funcref))
    (import "e" "memory" (memory 1))
    (import "e" "global" (global $g i32))
    (import "e" "function" (func $f (param i32) (result i32)))
    (func (export "run") (result i32)
      (i32.store (i32.const 0) (global.get $g))
      (i32.add
        (call $f (i32.load (i32.const 0)))
        (call_indirect $t (param i32) (result i32) (i32.const 100) (i32.const 0))))))
(component $again
  (import "provider" (instance $p
    (export "user" (core module
      (import "e" "function" (func (param i32) (result i32)))
      (import "e" "global" (global i32))
      (import "e" "memory" (memory 1))
      (import "e" "table" (table 1 funcref))
      (export "run" (func (result i32)))))))
  (export "user" (core module $p "user")))
(component $third
  (import "again" (instance $p
    (export "user" (core module
      (import "e" "function" (func (param i32) (result i32)))
      (import "e" "global" (global i32))
      (import "e" "memory" (memory 1))
      (import "e" "table" (table 1 funcref))
      (export "run" (func (result i32)))))))
  (alias export $p "user" (core module $user))
  (core module $args
    (func $add (export "function") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (table (export "table") 1 funcref)
    (elem (i32.const 0) $add)
    (memory (export "memory") 1)
    (global (export "global") i32 (i32.const 41)))
  (core instance $args (instantiate $args))
  ;; A component that is given the module, and makes two instances of it.
  (component $maker
    (import "user" (core module $user
      (import "e" "function" (func (param i32) (result i32)))
      (import "e" "global" (global i32))
      (import "e" "memory" (memory 1))
      (import "e" "table" (table 1 funcref))
      (export "run" (func (result i32)))))
    (core module $args
      (func (export "function") (param i32) (result i32) (i32.const 7))
      (table (export "table") 2 funcref)
      (func $other (param i32) (result i32) (i32.const 70))
      (elem (i32.const 0) $other)
      (memory (export "memory") 2)
      (global (export "global") i32 (i32.const 0)))
    (core instance $args (instantiate $args))
    (core instance $i (instantiate $user (with "e" (instance $args))))
    (func (export "run") (result u32) (canon lift (core func $i "run"))))
  (instance $maker (instantiate $maker (with "user" (core module $user))))
  (core instance $i (instantiate $user (with "e" (instance $args))))
  (func (export "own") (result u32) (canon lift (core func $i "run")))
  (export "nested" (func $maker "run")))
(assert_return (invoke "own") (u32.const 143))
(assert_return (invoke "nested") (u32.const 77))

;; Nothing but exports of what is imported.
(component $reexports
  (import "host" (instance $host
    (export "return-three" (func (result u32)))
    (export "nested" (instance (export "return-four" (func (result u32)))))))
  (alias export $host "nested" (instance $nested))
  (export "three" (func $host "return-three"))
  (export "four" (func $nested "return-four"))
  (export "all" (instance $host)))
(assert_return (invoke "three") (u32.const 3))
(assert_return (invoke "four") (u32.const 4))

;; What is given on has a type all the same.
(assert_unlinkable
  (component
    (import "a" (instance $a
      (export "m" (core module (export "f" (func (result i64))))))))
  "type")
