;; Uses what Wisp does not run, for `wisp wit`, `wisp inspect` and `wisp validate`, which show it all the same: core
;; modules with simd, gc and exceptions, and what belongs to WASI 0.3. Two imports implement one interface.
(component
  (import "primary" (implements "test:shop/store") (instance
    (export "get" (func (param "key" string) (result (option string))))))
  (import "secondary" (implements "test:shop/store") (instance
    (export "get" (func (param "key" string) (result (option string))))
    (export "size" (func (result u32)))))
  (import "later" (func async (param "body" (stream u8)) (result (future (result string)))))
  (core module $types
    (type $point (struct (field i32)))
    (import "host" "log" (func (param i32)))
    (import "host" "memory" (memory 1))
    (table (export "table") 1 anyref)
    (func (export "sum") (param i32) (result i32) local.get 0)
    (func (export "print") (param i32 i32))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (tag (export "tag"))
    (memory (export "own") 1)
    (data (memory 0) (i32.const 0) "hello"))
  (core module $body
    (func (export "log") (param i32)
      (drop (v128.const i32x4 0 0 0 0)))
    (memory (export "memory") 1))
  (core instance $host (instantiate $body))
  (core instance $main (instantiate $types (with "host" (instance $host))))
  (func (export "sum") (param "of" u32) (result u32) (canon lift (core func $main "sum")))
  (func (export "print") (param "text" string)
    (canon lift (core func $main "print") (memory (core memory $main "own"))
      (realloc (core func $main "realloc")))))
