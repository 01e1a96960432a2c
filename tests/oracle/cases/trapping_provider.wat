;; What trapping_user.wat imports.
(module
  (memory (export "m0") 1)
  (table (export "t0") 4 funcref)
  (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))
