;; A command with a function body that is invalid, which shows whether code was made: see module_test.cpp. Nobody provides
;; env.nothing.
(module
  (import "env" "nothing" (func))
  (func (export "_start"))
  (func (export "half") (param i32) (result i64) (local.get 0)))
