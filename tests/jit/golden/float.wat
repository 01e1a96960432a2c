;; Floating point: arithmetic, minimum, copysign, conversions.
(module
  (func $hypot (param f64 f64) (result f64)
    (f64.sqrt (f64.add (f64.mul (local.get 0) (local.get 0)) (f64.mul (local.get 1) (local.get 1)))))
  (func $min (param f32 f32) (result f32) (f32.min (local.get 0) (local.get 1)))
  (func $sign (param f64 f64) (result f64) (f64.copysign (f64.abs (local.get 0)) (local.get 1)))
  (func $truncate (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func $saturate (param f32) (result i64) (i64.trunc_sat_f32_u (local.get 0)))
  (func $convert (param i64 i32) (result f64)
    (f64.sub (f64.convert_i64_u (local.get 0)) (f64.convert_i32_s (local.get 1))))
  (func $demote (param f64) (result f32) (f32.demote_f64 (f64.floor (local.get 0)))))

;; ---- code ----
;; x86-64 function 0
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  movaps xmm8, xmm0
;;   008  movaps xmm9, xmm1
;;   00c  vmulsd xmm0, xmm8, xmm8
;;   011  vmulsd xmm1, xmm9, xmm9
;;   016  addsd xmm0, xmm1
;;   01a  vsqrtsd xmm0, xmm0, xmm0
;;   01e  pop rbp
;;   01f  ret
;; x86-64 function 1
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  movaps xmm8, xmm0
;;   008  movaps xmm9, xmm1
;;   00c  movaps xmm0, xmm8
;;   010  ucomiss xmm0, xmm9
;;   014  jne 0x25
;;   016  jp 0x1e
;;   018  orps xmm0, xmm9
;;   01c  jmp 0x2a
;;   01e  addss xmm0, xmm9
;;   023  jmp 0x2a
;;   025  minss xmm0, xmm9
;;   02a  pop rbp
;;   02b  ret
;; x86-64 function 2
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  movaps xmm8, xmm0
;;   008  movaps xmm9, xmm1
;;   00c  pcmpeqd xmm0, xmm0
;;   010  psrlq xmm0, 1
;;   015  andps xmm0, xmm8
;;   019  pcmpeqd xmm15, xmm15
;;   01e  psrlq xmm15, 1
;;   024  xorps xmm0, xmm9
;;   028  andps xmm0, xmm15
;;   02c  xorps xmm0, xmm9
;;   030  pop rbp
;;   031  ret
;; x86-64 function 3
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  movaps xmm8, xmm0
;;   008  cvttsd2si rax, xmm8
;;   00d  movsxd r11, eax
;;   010  cmp r11, rax
;;   013  je 0x25
;;   015  ucomisd xmm8, xmm8
;;   01a  jp 0x29
;;   020  jmp 0x2b
;;   025  mov eax, eax
;;   027  pop rbp
;;   028  ret
;;   029  ud2
;;   02b  ud2
;; x86-64 function 4
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  movaps xmm8, xmm0
;;   008  cvttss2si rax, xmm8
;;   00d  test rax, rax
;;   010  jns 0x51
;;   012  xorps xmm15, xmm15
;;   016  ucomiss xmm8, xmm15
;;   01a  mov eax, 0
;;   01f  jbe 0x51
;;   021  mov r11d, 0xdf000000
;;   027  movd xmm15, r11d
;;   02c  addss xmm15, xmm8
;;   031  cvttss2si rax, xmm15
;;   036  test rax, rax
;;   039  js 0x4a
;;   03b  movabs r11, 0x8000000000000000
;;   045  xor rax, r11
;;   048  jmp 0x51
;;   04a  mov rax, -1
;;   051  pop rbp
;;   052  ret
;; x86-64 function 5
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov rdi, rdx
;;   00a  xorps xmm0, xmm0
;;   00d  test rsi, rsi
;;   010  js 0x19
;;   012  cvtsi2sd xmm0, rsi
;;   017  jmp 0x2e
;;   019  mov r11, rsi
;;   01c  shr r11, 1
;;   01f  jae 0x25
;;   021  or r11, 1
;;   025  cvtsi2sd xmm0, r11
;;   02a  addsd xmm0, xmm0
;;   02e  xorps xmm1, xmm1
;;   031  cvtsi2sd xmm1, edi
;;   035  subsd xmm0, xmm1
;;   039  pop rbp
;;   03a  ret
;; x86-64 function 6
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  movaps xmm8, xmm0
;;   008  vroundsd xmm0, xmm8, xmm8, 9
;;   00e  vcvtsd2ss xmm0, xmm0, xmm0
;;   012  pop rbp
;;   013  ret
;; aarch64 function 0
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  fmov d8, d0
;;   010  fmov d9, d1
;;   014  fmul d0, d8, d8
;;   018  fmul d1, d9, d9
;;   01c  fadd d0, d0, d1
;;   020  fsqrt d0, d0
;;   024  mov sp, x29
;;   028  ldp x29, x30, [sp], #0x10
;;   02c  ret
;; aarch64 function 1
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  fmov d8, d0
;;   010  fmov d9, d1
;;   014  fmin s0, s8, s9
;;   018  mov sp, x29
;;   01c  ldp x29, x30, [sp], #0x10
;;   020  ret
;; aarch64 function 2
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  fmov d8, d0
;;   010  fmov d9, d1
;;   014  fabs d0, d8
;;   018  movz x16, #0x8000, lsl #48
;;   01c  fmov d31, x16
;;   020  bsl v31.8b, v9.8b, v0.8b
;;   024  fmov d0, d31
;;   028  mov sp, x29
;;   02c  ldp x29, x30, [sp], #0x10
;;   030  ret
;; aarch64 function 3
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  fmov d8, d0
;;   010  movz x16, #0x41e0, lsl #48
;;   014  fmov d31, x16
;;   018  fcmp d8, d31
;;   01c  b.vs #0x48
;;   020  b.ge #0x4c
;;   024  movz x16, #0x20, lsl #16
;;   028  movk x16, #0xc1e0, lsl #48
;;   02c  fmov d31, x16
;;   030  fcmp d8, d31
;;   034  b.le #0x4c
;;   038  fcvtzs w0, d8
;;   03c  mov sp, x29
;;   040  ldp x29, x30, [sp], #0x10
;;   044  ret
;;   048  .word 00000000
;;   04c  .word 00000000
;; aarch64 function 4
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  fmov d8, d0
;;   010  fcvtzu x0, s8
;;   014  mov sp, x29
;;   018  ldp x29, x30, [sp], #0x10
;;   01c  ret
;; aarch64 function 5
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur x0, [x29, #-8]
;;   010  stur w1, [x29, #-0x10]
;;   014  ldur x0, [x29, #-8]
;;   018  ucvtf d0, x0
;;   01c  ldur w0, [x29, #-0x10]
;;   020  scvtf d1, w0
;;   024  fsub d0, d0, d1
;;   028  mov sp, x29
;;   02c  ldp x29, x30, [sp], #0x10
;;   030  ret
;; aarch64 function 6
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  fmov d8, d0
;;   010  frintm d0, d8
;;   014  fcvt s0, d0
;;   018  mov sp, x29
;;   01c  ldp x29, x30, [sp], #0x10
;;   020  ret
