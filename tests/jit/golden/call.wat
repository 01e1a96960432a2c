;; Calls: direct, through a private table, imported; locals across them; several results.
(module
  (type $binary (func (param i32 i32) (result i32)))
  (import "host" "log" (func $log (param i32)))
  (table $operations 2 funcref)
  (elem (i32.const 0) $add $fib)
  (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
  (func $fib (param i32 i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else
        (i32.add
          (call $fib (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))
          (call $fib (i32.sub (local.get 0) (i32.const 2)) (i32.const 0))))))
  (func $apply (param $operation i32) (param $value i32) (result i32)
    (call_indirect $operations (type $binary)
      (local.get $value) (i32.const 7) (local.get $operation)))
  (func $logged (param i32) (result i32)
    (call $log (local.get 0))
    (i32.mul (local.get 0) (i32.const 3)))
  (func $swap (param i64 f64) (result f64 i64) (local.get 1) (local.get 0)))

;; ---- code ----
;; x86-64 function 1
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov rdi, rdx
;;   00a  lea eax, [rsi + rdi]
;;   00d  pop rbp
;;   00e  ret
;; x86-64 function 2
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  sub rsp, 0x20
;;   008  mov dword ptr [rbp - 8], eax
;;   00b  mov rsi, rax
;;   00e  cmp esi, 2
;;   011  jae 0x17
;;   013  mov eax, esi
;;   015  jmp 0x3b
;;   017  lea eax, [rsi - 1]
;;   01a  xor edx, edx
;;   01c  call 0
;;   021  mov esi, dword ptr [rbp - 8]
;;   024  lea ecx, [rsi - 2]
;;   027  mov dword ptr [rbp - 0x10], eax
;;   02a  mov rax, rcx
;;   02d  xor edx, edx
;;   02f  call 0
;;   034  mov ecx, dword ptr [rbp - 0x10]
;;   037  add ecx, eax
;;   039  mov eax, ecx
;;   03b  leave
;;   03c  ret
;; x86-64 function 3
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  sub rsp, 0x20
;;   008  mov rsi, rax
;;   00b  mov rdi, rdx
;;   00e  mov eax, esi
;;   010  mov rcx, qword ptr [r15 + 0x50]
;;   014  cmp rax, qword ptr [rcx + 8]
;;   018  jae 0x44
;;   01e  shl rax, 5
;;   022  add rax, qword ptr [rcx]
;;   025  mov rcx, qword ptr [r15 + 0x20]
;;   029  mov ecx, dword ptr [rcx]
;;   02b  cmp ecx, dword ptr [rax + 8]
;;   02e  jne 0x46
;;   034  mov r9, rax
;;   037  mov rax, rdi
;;   03a  mov edx, 7
;;   03f  call qword ptr [r9]
;;   042  leave
;;   043  ret
;;   044  ud2
;;   046  mov r11d, dword ptr [rax + 8]
;;   04a  test r11d, r11d
;;   04d  jne 0x55
;;   053  ud2
;;   055  ud2
;; x86-64 function 4
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  sub rsp, 0x20
;;   008  mov qword ptr [rbp - 8], r15
;;   00c  mov dword ptr [rbp - 0x10], eax
;;   00f  mov rsi, rax
;;   012  mov rax, rsi
;;   015  mov r9, qword ptr [r15 + 0x30]
;;   019  mov r14, qword ptr [r15 + 0x48]
;;   01d  mov r15, qword ptr [r15 + 0x40]
;;   021  call r9
;;   024  mov r15, qword ptr [rbp - 8]
;;   028  mov r14, qword ptr [r15]
;;   02b  mov esi, dword ptr [rbp - 0x10]
;;   02e  lea eax, [rsi + rsi*2]
;;   031  leave
;;   032  ret
;; x86-64 function 5
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  movaps xmm8, xmm0
;;   00b  mov qword ptr [rbp - 0x10], rsi
;;   00f  movsd qword ptr [rbp - 8], xmm8
;;   015  movsd xmm0, qword ptr [rbp - 8]
;;   01a  mov rax, qword ptr [rbp - 0x10]
;;   01e  pop rbp
;;   01f  ret
;; aarch64 function 1
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur w0, [x29, #-8]
;;   010  stur w1, [x29, #-0x10]
;;   014  ldur w0, [x29, #-0x10]
;;   018  ldur w1, [x29, #-8]
;;   01c  add w1, w1, w0
;;   020  mov w0, w1
;;   024  mov sp, x29
;;   028  ldp x29, x30, [sp], #0x10
;;   02c  ret
;; aarch64 function 2
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur x21, [x29, #-8]
;;   010  mov x21, x0
;;   014  cmp w21, #2
;;   018  b.hs #0x24
;;   01c  mov w0, w21
;;   020  b #0x50
;;   024  sub w0, w21, #1
;;   028  movz w1, #0
;;   02c  bl #0
;;   030  sub w1, w21, #2
;;   034  stur w0, [x29, #-0x10]
;;   038  mov x0, x1
;;   03c  movz w1, #0
;;   040  bl #0
;;   044  ldur w1, [x29, #-0x10]
;;   048  add w1, w1, w0
;;   04c  mov w0, w1
;;   050  ldur x21, [x29, #-8]
;;   054  mov sp, x29
;;   058  ldp x29, x30, [sp], #0x10
;;   05c  ret
;; aarch64 function 3
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x30
;;   00c  stur w1, [x29, #-0x10]
;;   010  stur w0, [x29, #-8]
;;   014  ldur w0, [x29, #-8]
;;   018  ldr x1, [x19, #0x50]
;;   01c  ldr x16, [x1, #8]
;;   020  cmp x0, x16
;;   024  b.hs #0x68
;;   028  lsl x0, x0, #5
;;   02c  ldr x1, [x1]
;;   030  add x0, x0, x1
;;   034  ldr x1, [x19, #0x20]
;;   038  ldr w1, [x1]
;;   03c  ldr w16, [x0, #8]
;;   040  cmp w1, w16
;;   044  b.ne #0x6c
;;   048  mov x9, x0
;;   04c  ldur w0, [x29, #-0x10]
;;   050  movz w1, #0x7
;;   054  ldr x16, [x9]
;;   058  blr x16
;;   05c  mov sp, x29
;;   060  ldp x29, x30, [sp], #0x10
;;   064  ret
;;   068  .word 00000000
;;   06c  ldr w16, [x0, #8]
;;   070  tst w16, w16
;;   074  b.ne #0x7c
;;   078  .word 00000000
;;   07c  .word 00000000
;; aarch64 function 4
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur x19, [x29, #-8]
;;   010  stur w0, [x29, #-0x10]
;;   014  ldur w0, [x29, #-0x10]
;;   018  ldr x9, [x19, #0x30]
;;   01c  ldr x20, [x19, #0x48]
;;   020  ldr x19, [x19, #0x40]
;;   024  blr x9
;;   028  ldur x19, [x29, #-8]
;;   02c  ldr x20, [x19]
;;   030  ldur w0, [x29, #-0x10]
;;   034  add w0, w0, w0, lsl #1
;;   038  mov sp, x29
;;   03c  ldp x29, x30, [sp], #0x10
;;   040  ret
;; aarch64 function 5
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur x0, [x29, #-8]
;;   010  fmov d8, d0
;;   014  ldur x16, [x29, #-8]
;;   018  stur x16, [x29, #-0x18]
;;   01c  stur d8, [x29, #-0x10]
;;   020  ldur d0, [x29, #-0x10]
;;   024  ldur x0, [x29, #-0x18]
;;   028  mov sp, x29
;;   02c  ldp x29, x30, [sp], #0x10
;;   030  ret
