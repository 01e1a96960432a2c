// Switching stacks: what a Fiber is made of, one file for each architecture.
//
//   switch_context(&from, to)        goes on where `to` was saved, and leaves in `from` where to
//                                    come back to
//   prepare_context(top, entry)      a context that begins with entry(), which never returns, on an
//                                    empty stack
//   call_on_stack(context, body, e)  calls body(e) on the stack of a context that is saved, below
//                                    what is there
//
// Inlined into whoever switches, and left by a jump: a call or return whose other half is on the
// other stack would upset the processor's prediction of every return after it (measured: 40 ns of a
// call into a guest that takes 25). Rounding modes are not switched: nobody here changes them.
#pragma once

#if defined(__x86_64__)
#include "platform/context_switch_x64.h"
#elif defined(__aarch64__)
#include "platform/context_switch_a64.h"
#else
#error "no context switch for this architecture"
#endif
