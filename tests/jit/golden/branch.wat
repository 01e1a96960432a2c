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
;;   010  jbe 0x17
;;   012  xorps xmm0, xmm0
;;   015  jmp 0x1b
;;   017  movaps xmm0, xmm8
;;   01b  pop rbp
;;   01c  ret
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
;;   009  jne 0xd
;;   00b  ud2
;;   00d  mov eax, 0x64
;;   012  xor edx, edx
;;   014  div esi
;;   016  mov eax, edx
;;   018  pop rbp
;;   019  ret
;; aarch64 function 0
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x30
;;   00c  stur w0, [x29, #-8]
;;   010  stur w1, [x29, #-0x10]
;;   014  ldur w0, [x29, #-0x10]
;;   018  ldur w1, [x29, #-8]
;;   01c  cmp w1, w0
;;   020  ldur w0, [x29, #-0x10]
;;   024  ldur w1, [x29, #-8]
;;   028  csel w1, w1, w0, gt
;;   02c  mov w0, w1
;;   030  mov sp, x29
;;   034  ldp x29, x30, [sp], #0x10
;;   038  ret
;; aarch64 function 1
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  fmov d8, d0
;;   010  movi d0, #0000000000000000
;;   014  fcmp d8, d0
;;   018  b.pl #0x24
;;   01c  movi d0, #0000000000000000
;;   020  b #0x28
;;   024  fmov d0, d8
;;   028  mov sp, x29
;;   02c  ldp x29, x30, [sp], #0x10
;;   030  ret
;; aarch64 function 2
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur x0, [x29, #-8]
;;   010  ldur x0, [x29, #-8]
;;   014  and x0, x0, #0xff00
;;   018  tst x0, x0
;;   01c  cset w0, eq
;;   020  mov sp, x29
;;   024  ldp x29, x30, [sp], #0x10
;;   028  ret
;; aarch64 function 3
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  stur w0, [x29, #-8]
;;   010  ldur w1, [x29, #-8]
;;   014  cmp w1, #4
;;   018  b.hs #0x2c
;;   01c  adr x16, #0x7c
;;   020  ldrsw x17, [x16, x1, lsl #2]
;;   024  add x16, x16, x17
;;   028  br x16
;;   02c  movz w0, #0xa
;;   030  mov sp, x29
;;   034  ldp x29, x30, [sp], #0x10
;;   038  ret
;;   03c  movz w0, #0x14
;;   040  mov sp, x29
;;   044  ldp x29, x30, [sp], #0x10
;;   048  ret
;;   04c  movz w0, #0x1e
;;   050  mov sp, x29
;;   054  ldp x29, x30, [sp], #0x10
;;   058  ret
;;   05c  movz w0, #0x28
;;   060  mov sp, x29
;;   064  ldp x29, x30, [sp], #0x10
;;   068  ret
;;   06c  movz w0, #0x32
;;   070  mov sp, x29
;;   074  ldp x29, x30, [sp], #0x10
;;   078  ret
;;   07c  .word fffffff0
;;   080  .word ffffffe0
;;   084  .word ffffffd0
;;   088  .word ffffffc0
;; aarch64 function 4
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur w0, [x29, #-8]
;;   010  ldur w0, [x29, #-8]
;;   014  tst w0, w0
;;   018  b.ne #0x20
;;   01c  .word 00000000
;;   020  ldur w0, [x29, #-8]
;;   024  movz w1, #0x64
;;   028  cbz w0, #0x44
;;   02c  udiv w16, w1, w0
;;   030  msub w1, w16, w0, w1
;;   034  mov w0, w1
;;   038  mov sp, x29
;;   03c  ldp x29, x30, [sp], #0x10
;;   040  ret
;;   044  .word 00000000
