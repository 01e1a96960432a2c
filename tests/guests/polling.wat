;; Polls one ready pollable `n` times: tests/wasi/instantiation_test.cpp.
(component
  (import "wasi:io/poll@0.2.12" (instance $poll
    (export "pollable" (type $pollable (sub resource)))
    (export "poll" (func (param "in" (list (borrow $pollable))) (result (list u32))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.12" (instance $clock
    (alias outer 1 $pollable (type $pollable))
    (export "subscribe-instant" (func (param "when" u64) (result (own $pollable))))))
  (core module $libc
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (core func $poll (canon lower (func $poll "poll") (memory $memory)
    (realloc (core func $libc "realloc"))))
  (core func $subscribe (canon lower (func $clock "subscribe-instant")))
  (core func $drop (canon resource.drop $pollable))
  (core module $m
    (import "" "memory" (memory 1))
    (import "" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "" "poll" (func $poll (param i32 i32 i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "poll") (param $n i32)
      (i32.store (i32.const 0) (call $subscribe (i64.const 0)))
      (loop $again
        (call $poll (i32.const 0) (i32.const 1) (i32.const 8))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (call $drop (i32.load (i32.const 0)))))
  (core instance $i (instantiate $m (with "" (instance
    (export "memory" (memory $memory)) (export "subscribe" (func $subscribe))
    (export "poll" (func $poll)) (export "drop" (func $drop))))))
  (func (export "poll") (param "n" u32) (canon lift (core func $i "poll"))))
