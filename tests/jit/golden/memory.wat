;; Memory and globals: widths, offsets that fit a displacement and that do not, constant addresses, bulk operations.
(module
  (memory 1)
  (global $counter (mut i32) (i32.const 0))
  (func $widths (param i32) (result i64)
    (i64.store16 offset=2 (local.get 0) (i64.load8_s offset=1 (local.get 0)))
    (i32.store8 (local.get 0) (i32.const 65))
    (i64.load32_s offset=65536 (local.get 0)))
  (func $far (param i32) (result i32)
    (i32.load offset=4294967292 (local.get 0)))
  (func $fixed (result i32)
    (i32.store (i32.const 1024) (i32.const -1))
    (i32.load (i32.const 2048)))
  (func $wrapping (param i32 i32) (result i32)
    (i32.load offset=4 (i32.add (local.get 0) (local.get 1))))
  (func $count (result i32)
    (global.set $counter (i32.add (global.get $counter) (i32.const 1)))
    (global.get $counter))
  (func $grow (param i32) (result i32)
    (memory.copy (i32.const 0) (i32.const 64) (local.get 0))
    (i32.add (memory.size) (memory.grow (local.get 0)))))

;; ---- code ----
;; x86-64 function 0
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  movsx rax, byte ptr [r14 + rsi + 1]
;;   00d  mov word ptr [r14 + rsi + 2], ax
;;   013  mov byte ptr [r14 + rsi], 0x41
;;   018  movsxd rax, dword ptr [r14 + rsi + 0x10000]
;;   020  pop rbp
;;   021  ret
;; x86-64 function 1
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov r11d, 0xfffffffc
;;   00d  lea r11, [r11 + rsi]
;;   011  mov eax, dword ptr [r14 + r11]
;;   015  pop rbp
;;   016  ret
;; x86-64 function 2
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov dword ptr [r14 + 0x400], 0xffffffff
;;   00f  mov eax, dword ptr [r14 + 0x800]
;;   016  pop rbp
;;   017  ret
;; x86-64 function 3
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov rdi, rdx
;;   00a  lea eax, [rsi + rdi]
;;   00d  mov eax, dword ptr [r14 + rax + 4]
;;   012  pop rbp
;;   013  ret
;; x86-64 function 4
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov eax, dword ptr [r15 + 0x40]
;;   008  inc eax
;;   00a  mov dword ptr [r15 + 0x40], eax
;;   00e  mov eax, dword ptr [r15 + 0x40]
;;   012  pop rbp
;;   013  ret
;; x86-64 function 5
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  sub rsp, 0x20
;;   008  mov dword ptr [rbp - 8], eax
;;   00b  mov rsi, rax
;;   00e  mov r9, rsi
;;   011  xor ecx, ecx
;;   013  mov r8d, 0x40
;;   019  mov esi, 0
;;   01e  mov edx, 0
;;   023  mov rdi, r15
;;   026  mov r11, qword ptr [r15 + 0x18]
;;   02a  call qword ptr [r11 + 0x10]
;;   02e  mov rax, qword ptr [r15 + 0x30]
;;   032  mov rax, qword ptr [rax + 8]
;;   036  shr rax, 0x10
;;   03a  mov dword ptr [rbp - 0x10], eax
;;   03d  mov edx, dword ptr [rbp - 8]
;;   040  mov esi, 0
;;   045  mov rdi, r15
;;   048  mov r11, qword ptr [r15 + 0x18]
;;   04c  call qword ptr [r11]
;;   04f  mov eax, eax
;;   051  mov ecx, dword ptr [rbp - 0x10]
;;   054  add ecx, eax
;;   056  mov eax, ecx
;;   058  leave
;;   059  ret
;; aarch64 function 0
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur x21, [x29, #-8]
;;   010  mov x21, x0
;;   014  add x17, x21, #1
;;   018  ldrsb x0, [x20, x17]
;;   01c  add x17, x21, #2
;;   020  strh w0, [x20, x17]
;;   024  movz w0, #0x41
;;   028  strb w0, [x20, x21]
;;   02c  add x17, x21, #0x10, lsl #12
;;   030  ldrsw x0, [x20, x17]
;;   034  ldur x21, [x29, #-8]
;;   038  mov sp, x29
;;   03c  ldp x29, x30, [sp], #0x10
;;   040  ret
;; aarch64 function 1
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  stur w0, [x29, #-8]
;;   010  ldur w0, [x29, #-8]
;;   014  movn w17, #0x3
;;   018  add x17, x17, x0
;;   01c  ldr w0, [x20, x17]
;;   020  mov sp, x29
;;   024  ldp x29, x30, [sp], #0x10
;;   028  ret
;; aarch64 function 2
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  movn w0, #0
;;   010  str w0, [x20, #0x400]
;;   014  ldr w0, [x20, #0x800]
;;   018  mov sp, x29
;;   01c  ldp x29, x30, [sp], #0x10
;;   020  ret
;; aarch64 function 3
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur w0, [x29, #-8]
;;   010  stur w1, [x29, #-0x10]
;;   014  ldur w0, [x29, #-0x10]
;;   018  ldur w1, [x29, #-8]
;;   01c  add w1, w1, w0
;;   020  add x17, x1, #4
;;   024  ldr w1, [x20, x17]
;;   028  mov w0, w1
;;   02c  mov sp, x29
;;   030  ldp x29, x30, [sp], #0x10
;;   034  ret
;; aarch64 function 4
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x10
;;   00c  ldr w0, [x19, #0x40]
;;   010  add w0, w0, #1
;;   014  str w0, [x19, #0x40]
;;   018  ldr w0, [x19, #0x40]
;;   01c  mov sp, x29
;;   020  ldp x29, x30, [sp], #0x10
;;   024  ret
;; aarch64 function 5
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x20
;;   00c  stur w0, [x29, #-8]
;;   010  movz w3, #0
;;   014  movz w4, #0x40
;;   018  ldur w5, [x29, #-8]
;;   01c  movz w1, #0
;;   020  movz w2, #0
;;   024  mov x0, x19
;;   028  ldr x16, [x19, #0x18]
;;   02c  ldr x16, [x16, #0x10]
;;   030  blr x16
;;   034  ldr x0, [x19, #0x30]
;;   038  ldr x0, [x0, #8]
;;   03c  lsr x0, x0, #0x10
;;   040  stur w0, [x29, #-0x10]
;;   044  ldur w2, [x29, #-8]
;;   048  movz w1, #0
;;   04c  mov x0, x19
;;   050  ldr x16, [x19, #0x18]
;;   054  ldr x16, [x16]
;;   058  blr x16
;;   05c  mov w0, w0
;;   060  ldur w1, [x29, #-0x10]
;;   064  add w1, w1, w0
;;   068  mov w0, w1
;;   06c  mov sp, x29
;;   070  ldp x29, x30, [sp], #0x10
;;   074  ret
