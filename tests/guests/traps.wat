;; A command that traps five calls deep, with names as compilers give them. Built by scripts/build_guests.sh.
(component
  (core module $traps
    (func $inner unreachable)
    (func $_ZN4core5outer17h0123456789abcdefE call $inner)
    (func $_RNvNtCshXfaRvt2tfW_3std3env4args call $_ZN4core5outer17h0123456789abcdefE)
    (func $_ZN3foo3barEi call $_RNvNtCshXfaRvt2tfW_3std3env4args)
    (func (export "run") (result i32)
      call $_ZN3foo3barEi
      i32.const 0))
  (core instance $instance (instantiate $traps))
  (func $run (result (result)) (canon lift (core func $instance "run")))
  (instance $exported (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exported)))
