;; A command whose names act on terminals, and that traps: names of its module, functions, imports, exports and custom
;; sections. Built by scripts/build_guests.sh.
(component
  (core module $other
    (func (export "\1b[32m\nforged")))
  (core module $"\1b]0;title\07"
    (@custom "\1b[35m" "x")
    (import "\1b[36m\nforged" "\1b[32m\nforged" (func))
    (memory (export "\7f\u{9b}31m") 1)
    (func $"\1b[31mred\nforged\u{202e}" (export "\u{202e}\1bx") unreachable)
    (func (export "run") (result i32)
      call $"\1b[31mred\nforged\u{202e}"
      i32.const 0))
  (core instance $given (instantiate $other))
  (core instance $instance (instantiate $"\1b]0;title\07" (with "\1b[36m\nforged" (instance $given))))
  (func $run (result (result)) (canon lift (core func $instance "run")))
  (instance $exported (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exported)))
