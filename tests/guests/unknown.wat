;; A command that imports what nobody provides. Built by scripts/build_guests.sh.
(component
  (import "a:b/c@0.1.0" (instance $i (export "f" (func (result u32)))))
  (core func $f (canon lower (func $i "f")))
  (core module $m (import "" "f" (func $f (result i32))) (func (export "run") (result i32) (drop (call $f)) (i32.const 0)))
  (core instance $mi (instantiate $m (with "" (instance (export "f" (func $f))))))
  (func $run (result (result)) (canon lift (core func $mi "run")))
  (instance $r (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $r)))
