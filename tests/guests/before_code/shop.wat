;; A command with a function body that is invalid, which shows whether code was made: see link_errors_test.cpp. Nobody provides
;; acme:shop; basket.wasm is a plug that provides half of it.
(component
  (import "acme:shop/basket@1.0.0" (instance $basket (export "total" (func (result u64)))))
  (import "acme:shop/till@1.0.0" (instance $till (export "open" (func))))
  (core func (canon lower (func $basket "total")))
  (core func (canon lower (func $till "open")))
  (core module $m
    (func (export "run") (result i32))
    (func (export "count") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $exported (export "run" (func $run)))
  (export "wasi:cli/run@0.2.3" (instance $exported))
  (func $count (param "from" u32) (result u32) (canon lift (core func $i "count")))
  (export "count" (func $count)))
