;; What components import from the host of the scripts, and what is refused although it is not used.
(component
  (import "host-return-two" (func $two (result u32)))
  (import "host" (instance $host
    (export "return-three" (func (result u32)))
    (export "nested" (instance (export "return-four" (func (result u32)))))
    (export "simple-module" (core module
      (export "f" (func (result i32)))
      (export "g" (global i32))))))
  (alias export $host "nested" (instance $nested))
  (alias export $host "simple-module" (core module $Simple))
  (core func $two' (canon lower (func $two)))
  (core func $three (canon lower (func $host "return-three")))
  (core func $four (canon lower (func $nested "return-four")))
  (core instance $simple (instantiate $Simple))
  (core module $Main
    (import "" "two" (func $two (result i32)))
    (import "" "three" (func $three (result i32)))
    (import "" "four" (func $four (result i32)))
    (import "simple" "f" (func $f (result i32)))
    (import "simple" "g" (global $g i32))
    (func (export "sum") (result i32)
      (i32.add (call $f) (i32.add (global.get $g)
        (i32.add (call $two) (i32.add (call $three) (call $four)))))))
  (core instance $main (instantiate $Main
    (with "" (instance
      (export "two" (func $two'))
      (export "three" (func $three))
      (export "four" (func $four))))
    (with "simple" (instance $simple))))
  (func (export "sum") (result u32) (canon lift (core func $main "sum"))))
(assert_return (invoke "sum") (u32.const 210))

;; Nothing of it is used, but it must be there, and of its type.
(component (import "host" (instance (export "return-three" (func (result u32))))))
(assert_unlinkable (component (import "host" (instance (export "return-three" (func (result s32))))))
  "type mismatch")
(assert_unlinkable (component (import "host" (instance (export "return-five" (func (result u32))))))
  "not found")
(assert_unlinkable (component (import "host" (instance (export "return-three" (core module)))))
  "expected module found func")
(assert_unlinkable (component (import "host" (instance (export "nested" (func)))))
  "expected func found instance")
(assert_unlinkable (component (import "host-return-two" (instance))) "expected instance found func")
(assert_unlinkable (component (import "host" (func))) "expected func found instance")
(assert_unlinkable (component (import "nowhere" (core module))) "not found")
(assert_unlinkable
  (component (import "host" (instance
    (export "simple-module" (core module (export "h" (func)))))))
  "no export `h`")

;; An instance without anything in it need not be provided; nor do later functions of an interface
;; with a version, as long as they are not used.
(component
  (import "nowhere" (instance))
  (import "nowhere-else" (instance (export "x" (instance))))
  (import "some:where/else@0.2.0" (instance (export "f" (func)))))

;; One resource under two names.
(component (import "host" (instance
  (export "resource1" (type $r (sub resource)))
  (export "resource1-again" (type (eq $r))))))
(assert_unlinkable
  (component (import "host" (instance
    (export "resource1" (type $r (sub resource)))
    (export "resource2" (type (eq $r))))))
  "mismatched resource types")

;; What a component of the script exports, by its name.
(component $provider
  (core module (export "answer") (func (export "f") (result i32) (i32.const 42)))
  (type $r' (resource (rep i32)))
  (export "r" (type $r')))
(component
  (import "provider" (instance $provider
    (export "answer" (core module (export "f" (func (result i32)))))
    (export "r" (type (sub resource)))))
  (alias export $provider "answer" (core module $Answer))
  (core instance $answer (instantiate $Answer))
  (func (export "f") (result u32) (canon lift (core func $answer "f"))))
(assert_return (invoke "f") (u32.const 42))
(assert_unlinkable
  (component (import "provider" (instance
    (export "answer" (core module (export "f" (func (result i64))))))))
  "type mismatch")
(component instance $other $provider)
(assert_unlinkable
  (component
    (import "provider" (instance $a (export "r" (type (sub resource)))))
    (alias export $a "r" (type $r))
    (import "other" (instance (export "r" (type (eq $r))))))
  "mismatched resource types")
