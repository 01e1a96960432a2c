;; Returns as many bytes as it is asked for: see component_linker_test.cpp.
(component
  (core module $m
    (memory (export "memory") 1025)
    (func (export "bytes") (param $n i32) (result i32)
      (i32.store (i32.const 4) (local.get $n))
      (i32.const 0)))
  (core instance $i (instantiate $m))
  (func (export "bytes") (param "n" u32) (result (list u8))
    (canon lift (core func $i "bytes") (memory (core memory $i "memory")))))
