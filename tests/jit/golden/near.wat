;; Jumps forward: a short one for a short block, a long one where the guess by the length of the wasm code was wrong.
(module
  (func $near (param i32) (result i32)
    (local $r i32)
    (block $out
      (br_if $out (i32.ge_u (local.get 0) (i32.const 10)))
      (local.set $r (i32.mul (local.get 0) (i32.const 11))))
    (local.get $r))
  (func $wrong_guess (param i32 f32) (result f32)
    (if (i32.eqz (local.get 0)) (then
      (local.set 1 (f32.min (f32.min (f32.min (f32.min (f32.min (local.get 1) (local.get 1)) (local.get 1))
        (local.get 1)) (local.get 1)) (local.get 1)))))
    (local.get 1)))

;; ---- code ----
;; x86-64 function 0
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  xor edi, edi
;;   009  cmp esi, 0xa
;;   00c  jae 0x11
;;   00e  imul edi, esi, 0xb
;;   011  mov eax, edi
;;   013  pop rbp
;;   014  ret
;; x86-64 function 1
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  movaps xmm8, xmm0
;;   00b  test esi, esi
;;   00d  jne 0x99
;;   013  movaps xmm0, xmm8
;;   017  ucomiss xmm0, xmm8
;;   01b  jne 0x2c
;;   01d  jp 0x25
;;   01f  orps xmm0, xmm8
;;   023  jmp 0x31
;;   025  addss xmm0, xmm8
;;   02a  jmp 0x31
;;   02c  minss xmm0, xmm8
;;   031  ucomiss xmm0, xmm8
;;   035  jne 0x46
;;   037  jp 0x3f
;;   039  orps xmm0, xmm8
;;   03d  jmp 0x4b
;;   03f  addss xmm0, xmm8
;;   044  jmp 0x4b
;;   046  minss xmm0, xmm8
;;   04b  ucomiss xmm0, xmm8
;;   04f  jne 0x60
;;   051  jp 0x59
;;   053  orps xmm0, xmm8
;;   057  jmp 0x65
;;   059  addss xmm0, xmm8
;;   05e  jmp 0x65
;;   060  minss xmm0, xmm8
;;   065  ucomiss xmm0, xmm8
;;   069  jne 0x7a
;;   06b  jp 0x73
;;   06d  orps xmm0, xmm8
;;   071  jmp 0x7f
;;   073  addss xmm0, xmm8
;;   078  jmp 0x7f
;;   07a  minss xmm0, xmm8
;;   07f  ucomiss xmm8, xmm0
;;   083  jne 0x94
;;   085  jp 0x8d
;;   087  orps xmm8, xmm0
;;   08b  jmp 0x99
;;   08d  addss xmm8, xmm0
;;   092  jmp 0x99
;;   094  minss xmm8, xmm0
;;   099  movaps xmm0, xmm8
;;   09d  pop rbp
;;   09e  ret
;; aarch64 function 0
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur xzr, [x29, #-0x10]
;;   010  stur w0, [x29, #-8]
;;   014  ldur w0, [x29, #-8]
;;   018  cmp w0, #0xa
;;   01c  b.hs #0x30
;;   020  movz w0, #0xb
;;   024  ldur w1, [x29, #-8]
;;   028  mul w1, w1, w0
;;   02c  stur w1, [x29, #-0x10]
;;   030  ldur w0, [x29, #-0x10]
;;   034  mov sp, x29
;;   038  ldp x29, x30, [sp], #0x10
;;   03c  ret
;; aarch64 function 1
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur w0, [x29, #-8]
;;   010  fmov d8, d0
;;   014  ldur w0, [x29, #-8]
;;   018  tst w0, w0
;;   01c  b.ne #0x34
;;   020  fmin s0, s8, s8
;;   024  fmin s0, s0, s8
;;   028  fmin s0, s0, s8
;;   02c  fmin s0, s0, s8
;;   030  fmin s8, s0, s8
;;   034  fmov s0, s8
;;   038  mov sp, x29
;;   03c  ldp x29, x30, [sp], #0x10
;;   040  ret
