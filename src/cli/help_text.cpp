#include "cli/help_text.h"

namespace wisp::cli {

const char kHelpText[] =
    R"(Wisp runs WebAssembly components.

Usage: wisp run [OPTIONS] FILE [ARGS]...     run a command; `run` may be left out
       wisp validate FILE                    say whether a module or component is valid
       wisp wit FILE                         print a component's world as WIT
       wisp inspect FILE                     print what a module or component consists of
       wisp doctor                           say what this machine gives, and what Wisp does

FILE may be `-`: standard input.

Options of run, before FILE:
  --dir HOST[::GUEST]       let the guest use a directory
  --dir-ro HOST[::GUEST]    the same, but only to read
  --env NAME[=VALUE]        set a variable for the guest; without a value: the value it has here
  --invoke 'NAME(ARGS)'     call an export instead of the command, with arguments in WAVE, and print
                            its result; of a core module: --invoke NAME FILE ARGS...
  --plug [IMPORT=]FILE      answer imports of the component by the exports of another one, in
                            memory; with IMPORT: only this one
  --allow-net [tcp:|udp:]HOST[:PORT]
                            let the guest connect and send to a host: an address, a block of
                            addresses as 10.0.0.0/8, or a name, which it may then look up
  --allow-listen [tcp:|udp:]ADDR[:PORT]
                            let it be bound to an address of this machine and listen there; 0.0.0.0
                            and [::] stand for all, port 0 for one that the system chooses
  --argv0 NAME              what the guest sees as its own name, instead of FILE's
  --io auto|uring|epoll     how to ask the kernel
  --memory-budget SIZE      the most bytes that the guest's memories, tables, handles and buffers
                            may take together; also 512M, 2G (default: 3/4 of the memory there is)
  -S inherit-env            hand on all variables
  -S inherit-stdin=n        nothing to read; -stdout=n, -stderr=n: what is written is dropped
  -S cwd=PATH               the directory that the guest starts in
  -S max-random-size=N      the most random bytes in one call (default 64 MiB)
  -S max-resources=N        the most handles at a time (default 1,000,000)
  -S hostcall-fuel=N        the most bytes that one call hands to the host (default 128 MiB)
  -S inherit-network        let the guest use all addresses of the network
  -S allow-ip-name-lookup   let it look up all names
  -S tcp=n, -S udp=n        let it make no such sockets
  -S tcplisten=ADDR:PORT    listen there for a core module, which finds the socket as descriptor 3
  -S clocks-timezone        link wasi:clocks/timezone, which is not stable yet
  -W max-memory-size=N      the most bytes that one linear memory may have
  -W max-wasm-stack=N       bytes of the guest's stack (default 1 MiB)
  -W max-table-elements=N   the most elements that a table may have
  -W unknown-imports-trap   let imports that nobody provides trap when called; -default: return 0
  -W timeout=DURATION       end the run after this time: 30, 300ms, 1m 30s
  -C parallel-compilation=n compile with one thread
  --version, --help

Exit status: the guest's; 1 also for files that cannot be run; 2 for wrong usage; 134 for a trap.
)";

}  // namespace wisp::cli
