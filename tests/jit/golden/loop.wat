;; Loops over memory: homes in registers, results written into them, addresses and immediates folded, compare and branch
;; fused.
(module
  (memory 1)
  (func $sum (param $p i32) (param $n i32) (result i32)
    (local $acc i32)
    (loop $next
      (local.set $acc (i32.add (local.get $acc) (i32.load offset=8 (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $acc))
  (func $axpy (param $x i32) (param $y i32) (param $n i32) (param $a f64)
    (local $i i32)
    (block $done
      (br_if $done (i32.eqz (local.get $n)))
      (loop $next
        (f64.store (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 3)))
          (f64.add
            (f64.mul (local.get $a) (f64.load (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 3)))))
            (f64.load (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 3))))))
        (br_if $next
          (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))))

;; ---- code ----
;; x86-64 function 0
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rsi, rax
;;   007  mov r8, rdx
;;   00a  xor edi, edi
;;   00c  nop dword ptr [rax]
;;   010  add edi, dword ptr [r14 + rsi + 8]
;;   015  add esi, 4
;;   018  dec r8d
;;   01b  test r8d, r8d
;;   01e  jne 0x10
;;   020  mov eax, edi
;;   022  pop rbp
;;   023  ret
;; x86-64 function 1
;;   000  push rbp
;;   001  mov rbp, rsp
;;   004  mov rdi, rdx
;;   007  mov r8, rcx
;;   00a  mov r9, rax
;;   00d  movaps xmm8, xmm0
;;   011  xor esi, esi
;;   013  test r8d, r8d
;;   016  je 0x43
;;   01c  nop dword ptr [rax]
;;   020  lea eax, [rdi + rsi*8]
;;   023  lea ecx, [r9 + rsi*8]
;;   027  vmulsd xmm0, xmm8, qword ptr [r14 + rcx]
;;   02d  lea ecx, [rdi + rsi*8]
;;   030  addsd xmm0, qword ptr [r14 + rcx]
;;   036  movsd qword ptr [r14 + rax], xmm0
;;   03c  inc esi
;;   03e  cmp esi, r8d
;;   041  jb 0x20
;;   043  pop rbp
;;   044  ret
;; aarch64 function 0
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x30
;;   00c  stp x22, x21, [x29, #-0x10]
;;   010  stur x23, [x29, #-0x18]
;;   014  mov x21, x0
;;   018  mov x23, x1
;;   01c  movz w22, #0
;;   020  add x17, x21, #8
;;   024  ldr w0, [x20, x17]
;;   028  add w22, w22, w0
;;   02c  add w21, w21, #4
;;   030  sub w23, w23, #1
;;   034  tst w23, w23
;;   038  b.ne #0x20
;;   03c  mov w0, w22
;;   040  ldp x22, x21, [x29, #-0x10]
;;   044  ldur x23, [x29, #-0x18]
;;   048  mov sp, x29
;;   04c  ldp x29, x30, [sp], #0x10
;;   050  ret
;; aarch64 function 1
;;   000  stp x29, x30, [sp, #-0x10]!
;;   004  mov x29, sp
;;   008  sub sp, sp, #0x50
;;   00c  stp x22, x21, [x29, #-0x10]
;;   010  stp x24, x23, [x29, #-0x20]
;;   014  mov x22, x1
;;   018  mov x23, x2
;;   01c  mov x24, x0
;;   020  fmov d8, d0
;;   024  movz w21, #0
;;   028  tst w23, w23
;;   02c  b.eq #0x5c
;;   030  add w0, w22, w21, lsl #3
;;   034  add w1, w24, w21, lsl #3
;;   038  ldr d0, [x20, x1]
;;   03c  fmul d0, d8, d0
;;   040  add w1, w22, w21, lsl #3
;;   044  ldr d1, [x20, x1]
;;   048  fadd d0, d0, d1
;;   04c  str d0, [x20, x0]
;;   050  add w21, w21, #1
;;   054  cmp w21, w23
;;   058  b.lo #0x30
;;   05c  ldp x22, x21, [x29, #-0x10]
;;   060  ldp x24, x23, [x29, #-0x20]
;;   064  mov sp, x29
;;   068  ldp x29, x30, [sp], #0x10
;;   06c  ret
