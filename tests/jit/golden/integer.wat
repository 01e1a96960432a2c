;; Integer arithmetic: constants folded, immediates, shifts, divisions.
(module
  (func $fold (result i32) (i32.mul (i32.add (i32.const 2) (i32.const 3)) (i32.const 7)))
  (func $immediates (param i32) (result i32)
    (i32.xor (i32.and (i32.add (local.get 0) (i32.const 1000)) (i32.const 255)) (i32.const 3)))
  (func $mix (param i64 i64) (result i64)
    (i64.add (i64.rotl (local.get 0) (i64.const 13)) (i64.shr_u (local.get 1) (local.get 0))))
  (func $scaled (param i32 i32) (result i32)
    (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2))))
  (func $divide (param i32 i32) (result i32)
    (i32.add (i32.div_s (local.get 0) (local.get 1)) (i32.rem_s (local.get 0) (local.get 1))))
  (func $by_constant (param i32) (result i32)
    (i32.add (i32.div_u (local.get 0) (i32.const 8)) (i32.rem_u (local.get 0) (i32.const 8))))
  (func $bits (param i64) (result i64)
    (i64.add (i64.clz (local.get 0)) (i64.add (i64.ctz (local.get 0)) (i64.popcnt (local.get 0)))))
  (func $narrow (param i64) (result i32)
    (i32.extend8_s (i32.wrap_i64 (local.get 0)))))

;; ---- code ----
;; x86-64 function 0
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov eax, 0x23
;;   009  pop rbp
;;   00a  ret
;; x86-64 function 1
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  lea eax, [rsi + 0x3e8]
;;   00d  movzx eax, al
;;   010  xor eax, 3
;;   013  pop rbp
;;   014  ret
;; x86-64 function 2
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov rdi, rdx
;;   00a  rorx rax, rsi, 0x33
;;   010  shrx rcx, rdi, rsi
;;   015  add rax, rcx
;;   018  pop rbp
;;   019  ret
;; x86-64 function 3
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov rdi, rdx
;;   00a  lea eax, [rsi + rdi*4]
;;   00d  pop rbp
;;   00e  ret
;; x86-64 function 4
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov rdi, rdx
;;   00a  mov eax, esi
;;   00c  cdq
;;   00d  idiv edi
;;   00f  mov rcx, rax
;;   012  mov eax, esi
;;   014  xor edx, edx
;;   016  cmp edi, -1
;;   019  je 0x1e
;;   01b  cdq
;;   01c  idiv edi
;;   01e  add ecx, edx
;;   020  mov eax, ecx
;;   022  pop rbp
;;   023  ret
;; x86-64 function 5
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov eax, esi
;;   009  shr eax, 3
;;   00c  mov ecx, esi
;;   00e  and ecx, 7
;;   011  add eax, ecx
;;   013  pop rbp
;;   014  ret
;; x86-64 function 6
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  lzcnt rax, rsi
;;   00c  tzcnt rcx, rsi
;;   011  popcnt rdx, rsi
;;   016  add rcx, rdx
;;   019  add rax, rcx
;;   01c  pop rbp
;;   01d  ret
;; x86-64 function 7
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov eax, esi
;;   009  movsx eax, al
;;   00c  pop rbp
;;   00d  ret
;; aarch64 function 0
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  movz w0, #0x23
;;   010  mov sp, x29
;;   014  ldp x29, x30, [sp], #0x10
;;   018  ret
;; aarch64 function 1
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur w0, [x29, #-8]
;;   010  ldur w0, [x29, #-8]
;;   014  add w0, w0, #0x3e8
;;   018  and w0, w0, #0xff
;;   01c  eor w0, w0, #3
;;   020  mov sp, x29
;;   024  ldp x29, x30, [sp], #0x10
;;   028  ret
;; aarch64 function 2
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x30
;;   00c  stur x0, [x29, #-8]
;;   010  stur x1, [x29, #-0x10]
;;   014  ldur x0, [x29, #-8]
;;   018  ror x0, x0, #0x33
;;   01c  ldur x1, [x29, #-8]
;;   020  ldur x2, [x29, #-0x10]
;;   024  lsr x2, x2, x1
;;   028  add x0, x0, x2
;;   02c  mov sp, x29
;;   030  ldp x29, x30, [sp], #0x10
;;   034  ret
;; aarch64 function 3
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x30
;;   00c  stur w0, [x29, #-8]
;;   010  stur w1, [x29, #-0x10]
;;   014  ldur w0, [x29, #-0x10]
;;   018  ldur w1, [x29, #-8]
;;   01c  add w1, w1, w0, lsl #2
;;   020  mov w0, w1
;;   024  mov sp, x29
;;   028  ldp x29, x30, [sp], #0x10
;;   02c  ret
;; aarch64 function 4
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x30
;;   00c  stur w0, [x29, #-8]
;;   010  stur w1, [x29, #-0x10]
;;   014  ldur w0, [x29, #-0x10]
;;   018  ldur w1, [x29, #-8]
;;   01c  cbz w0, #0x58
;;   020  cmn w0, #1
;;   024  ccmp w1, #1, #0, eq
;;   028  b.vs #0x5c
;;   02c  sdiv w1, w1, w0
;;   030  ldur w0, [x29, #-0x10]
;;   034  ldur w2, [x29, #-8]
;;   038  cbz w0, #0x60
;;   03c  sdiv w16, w2, w0
;;   040  msub w2, w16, w0, w2
;;   044  add w1, w1, w2
;;   048  mov w0, w1
;;   04c  mov sp, x29
;;   050  ldp x29, x30, [sp], #0x10
;;   054  ret
;;   058  .word 00000000
;;   05c  .word 00000000
;;   060  .word 00000000
;; aarch64 function 5
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur w0, [x29, #-8]
;;   010  ldur w0, [x29, #-8]
;;   014  lsr w0, w0, #3
;;   018  ldur w1, [x29, #-8]
;;   01c  and w1, w1, #7
;;   020  add w0, w0, w1
;;   024  mov sp, x29
;;   028  ldp x29, x30, [sp], #0x10
;;   02c  ret
;; aarch64 function 6
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur x21, [x29, #-8]
;;   010  mov x21, x0
;;   014  clz x0, x21
;;   018  rbit x1, x21
;;   01c  clz x1, x1
;;   020  fmov d31, x21
;;   024  cnt v31.8b, v31.8b
;;   028  addv b31, v31.8b
;;   02c  fmov w2, s31
;;   030  add x1, x1, x2
;;   034  add x0, x0, x1
;;   038  ldur x21, [x29, #-8]
;;   03c  mov sp, x29
;;   040  ldp x29, x30, [sp], #0x10
;;   044  ret
;; aarch64 function 7
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  stur x0, [x29, #-8]
;;   010  ldur x0, [x29, #-8]
;;   014  mov w0, w0
;;   018  sxtb w0, w0
;;   01c  mov sp, x29
;;   020  ldp x29, x30, [sp], #0x10
;;   024  ret
