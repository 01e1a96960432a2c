;; A conditional branch whose condition is a constant that is not zero: what follows it in its block
;; cannot be reached, and yet has blocks of its own.
(module
  ;; Counts down from n; a loop behind such a branch has to keep its back edge.
  (func (export "count") (param $n i32) (result i32)
    (local $steps i32)
    (block $out
      (br_if $out (i32.const 7))
      (block (nop))
      (loop (br_if 0 (local.get $n))))
    (loop $again
      (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $steps))

  ;; An operand that waits below a block, with a local in it that the block writes: 3 n + 50 or 4 n.
  (func (export "operands") (param $n i32) (result i32)
    (block $out
      (br_if $out (i32.const 1))
      (if (local.get $n) (then (nop)) (else (nop))))
    (i32.mul (local.get $n) (i32.const 3))
    (block $skip
      (br_if $skip (local.get $n))
      (local.set $n (i32.const 50)))
    (local.get $n)
    (i32.add))

  ;; A table of labels that come after it: counts down and adds 1 or 10 by what is left of n modulo 3.
  (func (export "table") (param $n i32) (result i32)
    (local $sum i32)
    (block $out (br_if $out (i32.const 1)) (block))
    (loop $again
      (block $else
        (block $one
          (block $zero
            (br_table $zero $one $else (i32.rem_u (local.get $n) (i32.const 3))))
          (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
          (br $else))
        (local.set $sum (i32.add (local.get $sum) (i32.const 10))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
