;; Half of what shop.wasm imports, and no command. Its body is invalid as well.
(component
  (core module $m (func (export "total") (result i64)))
  (core instance $i (instantiate $m))
  (func $total (result u64) (canon lift (core func $i "total")))
  (instance $basket (export "total" (func $total)))
  (export "acme:shop/basket@1.0.0" (instance $basket)))
