;; A core module of WASI preview 1: refused with the reason.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
  (func (export "_start") (call 0 (i32.const 0))))
