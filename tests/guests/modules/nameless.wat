;; The export without a name is the command, and has arguments here.
(module
  (func (export "") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func (export "_start") unreachable))
