;; Functions of preview 1 need a memory, all of them, as in wasmtime.
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory (export "elsewhere") 1)
  (func (export "_start") (drop (call $yield))))
