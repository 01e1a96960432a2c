;; Conditions: compare with branch, if and select; values at joins; a branch table.
(module
  (func $max (param i32 i32) (result i32)
    (select (local.get 0) (local.get 1) (i32.gt_s (local.get 0) (local.get 1))))
  (func $clamp (param f64) (result f64)
    (if (result f64) (f64.lt (local.get 0) (f64.const 0))
      (then (f64.const 0))
      (else (local.get 0))))
  (func $is_masked (param i64) (result i32)
    (i64.eqz (i64.and (local.get 0) (i64.const 0xff00))))
  (func $switch (param i32) (result i32)
    (block $a (block $b (block $c (block $d (block $e
      (br_table $a $b $c $d $e (local.get 0)))
      (return (i32.const 10)))
      (return (i32.const 20)))
      (return (i32.const 30)))
      (return (i32.const 40)))
    (i32.const 50))
  (func $early (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (i32.rem_u (i32.const 100) (local.get 0))))

;; ---- code ----
;; x86-64 function 0
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov rdi, rdx
;;   00a  cmp esi, edi
;;   00c  mov eax, edi
;;   00e  cmovg eax, esi
;;   011  pop rbp
;;   012  ret
;; x86-64 function 1
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  movaps xmm8, xmm0
;;   008  xorps xmm0, xmm0
;;   00b  ucomisd xmm0, xmm8
;;   010  jbe 0x1e
;;   016  xorps xmm0, xmm0
;;   019  jmp 0x22
;;   01e  movaps xmm0, xmm8
;;   022  pop rbp
;;   023  ret
;; x86-64 function 2
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov eax, esi
;;   009  and eax, 0xff00
;;   00e  test rax, rax
;;   011  sete al
;;   014  movzx eax, al
;;   017  pop rbp
;;   018  ret
;; x86-64 function 3
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov ecx, esi
;;   009  cmp ecx, 4
;;   00c  jae 0x22
;;   012  lea r11, [rip + 0x2f]
;;   019  movsxd rcx, dword ptr [r11 + rcx*4]
;;   01d  add rcx, r11
;;   020  jmp rcx
;;   022  mov eax, 0xa
;;   027  pop rbp
;;   028  ret
;;   029  mov eax, 0x14
;;   02e  pop rbp
;;   02f  ret
;;   030  mov eax, 0x1e
;;   035  pop rbp
;;   036  ret
;;   037  mov eax, 0x28
;;   03c  pop rbp
;;   03d  ret
;;   03e  mov eax, 0x32
;;   043  pop rbp
;;   044  ret
;;   045  nop dword ptr [rax]
;;   048  idiv bh
;;   04a  .word ffefffff
;;   04e  .word ffe8ffff
;;   052  .word ffe1ffff
;;   056  .word 0000ffff
;; x86-64 function 4
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  test esi, esi
;;   009  jne 0x11
;;   00f  ud2
;;   011  mov eax, 0x64
;;   016  xor edx, edx
;;   018  div esi
;;   01a  mov eax, edx
;;   01c  pop rbp
;;   01d  ret
;; aarch64 function 0
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  stur w0, [x29, #-8]
;;   00c  stur w1, [x29, #-0x10]
;;   010  ldur w0, [x29, #-0x10]
;;   014  ldur w1, [x29, #-8]
;;   018  cmp w1, w0
;;   01c  ldur w0, [x29, #-0x10]
;;   020  ldur w1, [x29, #-8]
;;   024  csel w1, w1, w0, gt
;;   028  mov w0, w1
;;   02c  ldp x29, x30, [sp], #0x10
;;   030  ret
;; aarch64 function 1
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  fmov d8, d0
;;   00c  movi d0, #0000000000000000
;;   010  fcmp d8, d0
;;   014  b.pl #0x20
;;   018  movi d0, #0000000000000000
;;   01c  b #0x24
;;   020  fmov d0, d8
;;   024  ldp x29, x30, [sp], #0x10
;;   028  ret
;; aarch64 function 2
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  stur x0, [x29, #-8]
;;   00c  ldur x0, [x29, #-8]
;;   010  and x0, x0, #0xff00
;;   014  tst x0, x0
;;   018  cset w0, eq
;;   01c  ldp x29, x30, [sp], #0x10
;;   020  ret
;; aarch64 function 3
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  stur w0, [x29, #-8]
;;   00c  ldur w1, [x29, #-8]
;;   010  cmp w1, #4
;;   014  b.hs #0x28
;;   018  adr x16, #0x64
;;   01c  ldrsw x17, [x16, x1, lsl #2]
;;   020  add x16, x16, x17
;;   024  br x16
;;   028  movz w0, #0xa
;;   02c  ldp x29, x30, [sp], #0x10
;;   030  ret
;;   034  movz w0, #0x14
;;   038  ldp x29, x30, [sp], #0x10
;;   03c  ret
;;   040  movz w0, #0x1e
;;   044  ldp x29, x30, [sp], #0x10
;;   048  ret
;;   04c  movz w0, #0x28
;;   050  ldp x29, x30, [sp], #0x10
;;   054  ret
;;   058  movz w0, #0x32
;;   05c  ldp x29, x30, [sp], #0x10
;;   060  ret
;;   064  .word fffffff4
;;   068  .word ffffffe8
;;   06c  .word ffffffdc
;;   070  .word ffffffd0
;; aarch64 function 4
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  stur w0, [x29, #-8]
;;   00c  ldur w0, [x29, #-8]
;;   010  tst w0, w0
;;   014  b.ne #0x1c
;;   018  .word 00000000
;;   01c  ldur w0, [x29, #-8]
;;   020  movz w1, #0x64
;;   024  cbz w0, #0x3c
;;   028  udiv w16, w1, w0
;;   02c  msub w1, w16, w0, w1
;;   030  mov w0, w1
;;   034  ldp x29, x30, [sp], #0x10
;;   038  ret
;;   03c  .word 00000000
