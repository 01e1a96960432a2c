// wisp.h: the C interface of Wisp, a runtime for WebAssembly components.
//
// UNSTABLE until it says otherwise. The program `wisp` uses nothing else. wisp.hpp is the same for
// C++, with owners instead of functions that free; examples/embed.cpp is a whole embedder.
//
// A run takes four objects (a core module: wisp_module_t, in place of the component):
//
//   object             what it is                                   threads
//   wisp_engine_t      compiles; holds what components share        any, several at once
//   wisp_component_t   a component, validated and compiled          any, several at once
//   wisp_wasi_t        everything that a guest is allowed to do     one at a time
//   wisp_error_t       why something did not work                   one at a time
//
//   wisp_error_t* error;
//   wisp_engine_t* engine;
//   wisp_component_t* component;
//   wisp_wasi_t* wasi = wisp_wasi_new();
//   wisp_run_options_t options = WISP_RUN_OPTIONS_INIT;
//   int exit_status;
//   options.timeout_ns = 1000000000;
//   if ((error = wisp_engine_new(NULL, &engine)) ||
//       (error = wisp_component_from_file(engine, "hello.wasm", &component)) ||
//       (error = wisp_run_command(component, wasi, &options, &exit_status)))
//     fprintf(stderr, "%s\n", wisp_error_message(error));
//
// Each run makes an instance of its own, which nothing is left of afterwards: what a guest wrote to
// its memory, the next run does not see.
//
// Errors
//   - A function that can fail returns wisp_error_t*. NULL is success; anything else belongs to the
//     caller, who frees it with wisp_error_free. On failure, outputs are not written.
//   - No input of a guest, valid or not, ends the process. A pointer that is NULL where it may not
//     be does, and so does running out of memory in the host's own heap.
//
// Ownership
//   - What a function returns or writes through a `**` belongs to the caller. Each type has one
//     function that frees it, which takes NULL as well.
//   - Arguments are copied before the function returns, except where it says "borrowed". Bytes of
//     components and modules are copied before they are looked at, files are read: nobody else can
//     write to what has been validated.
//   - Strings inside an object are borrowed from it: they live as long as it, and are not freed.
//   - Objects may be freed in any order. Not, of course, while they are used.
//
// Strings are UTF-8 and end with a NUL, except paths of the host, which are whatever it takes.
//
// Structs begin with their size, which the WISP_*_INIT macros set, and later versions add fields at
// the end. A library takes a shorter one, whose other fields are 0 then: the default, always. It
// takes a longer one as well, unless what it does not know is set: then it refuses.
//
// Threads and signals
//   - A call uses the thread that makes it. Compiling may start others; none outlives the call.
//   - The first engine installs handlers for SIGSEGV, SIGBUS, SIGFPE and SIGILL, by which guests
//     trap, and for SIGURG, which ends those that take too long. What is not a guest's goes to the
//     handler that was there before, and so does every SIGURG. Whoever installs one later has to do
//     likewise: SA_ONSTACK and SA_SIGINFO, and a call of the handler that sigaction gave back.
//   - A thread that runs guests must not block these signals. It gets an alternate signal stack,
//     unless it has one that is large enough.
//   - A guest's write to a closed pipe raises SIGPIPE in the process, one past the limit on file
//     sizes (RLIMIT_FSIZE) SIGXFSZ. Both end the process unless they are ignored, as by
//     signal(SIGPIPE, SIG_IGN); the guest gets an error code then. That is left to the embedder.
//
// Names are those of the specifications: https://webassembly.github.io/spec/core (modules),
// https://github.com/WebAssembly/component-model (components, WIT, Explainer.md and Binary.md), and
// https://github.com/WebAssembly/WASI (the interfaces wasi:*, version 0.2.12).
#ifndef WISP_WISP_H
#define WISP_WISP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* -- Errors ------------------------------------------------------------------------------------ */

typedef struct wisp_error wisp_error_t;

typedef enum wisp_error_kind {
  WISP_ERROR_MALFORMED = 0,   /* the bytes do not decode */
  WISP_ERROR_INVALID = 1,     /* they decode, but break a validation rule */
  WISP_ERROR_UNSUPPORTED = 2, /* needs a feature that Wisp does not have; the message names it */
  WISP_ERROR_LINK = 3,        /* an import or export is missing or has another type */
  WISP_ERROR_TRAP = 4,        /* the guest trapped; see the frames */
  WISP_ERROR_LIMIT = 5,       /* a limit of the implementation or of the embedder */
  WISP_ERROR_IO = 6,          /* the operating system refused */
  WISP_ERROR_USAGE = 7        /* the call makes no sense */
} wisp_error_kind_t;

/* For programs. A guest that exits is no error, whatever its status. */
wisp_error_kind_t wisp_error_kind(const wisp_error_t* error);
/* For people: without a newline at the end, and with everything escaped that a terminal would act
 * on, as in "\u{1b}". Borrowed from the error. */
const char* wisp_error_message(const wisp_error_t* error);
/* Where in the file or the bytes, counted from their beginning; or WISP_NO_OFFSET. */
#define WISP_NO_OFFSET UINT64_MAX
uint64_t wisp_error_offset(const wisp_error_t* error);

/* One function of a guest that was active when it trapped. Strings are borrowed from the error and
 * may be empty; they are what the guest says: wisp_printable makes them fit for a terminal. */
typedef struct wisp_frame {
  size_t size;
  const char* module_name;
  const char* function_name; /* as the name section has it, mangled perhaps */
  uint32_t function_index;
  uint64_t wasm_offset; /* of the instruction, from the beginning of the file or the bytes */
} wisp_frame_t;
#define WISP_FRAME_INIT \
  { sizeof(wisp_frame_t), "", "", 0, 0 }

/* The backtrace of a trap, innermost first; 0 for all other errors. */
size_t wisp_error_frame_count(const wisp_error_t* error);
/* `frame` begins as WISP_FRAME_INIT; it stays so where there is no frame of that index. */
void wisp_error_frame(const wisp_error_t* error, size_t index, wisp_frame_t* frame);
void wisp_error_free(wisp_error_t* error);

/* A copy of `text` that a terminal or a log shows as it is: control characters, those that reorder
 * or hide text, and bytes that are not UTF-8 are escaped, as in "\u{1b}" and "\xff". Free it with
 * wisp_string_free. */
char* wisp_printable(const char* text);
/* Of texts that a function returned or wrote through a char**. */
void wisp_string_free(char* string);

/* -- Engine ------------------------------------------------------------------------------------ */

typedef struct wisp_engine wisp_engine_t;

/* In an option of which 0 stands for the default: the number 0. */
#define WISP_ZERO UINT64_MAX

typedef struct wisp_engine_options {
  size_t size;
  /* How many threads compile a module, the caller's included. 0: as many as there are cores, where
   * it is worth it. 1: no other one is ever started. */
  uint32_t compile_threads;
  /* 0: components and modules are compiled when they are made. Anything else: when they are run for
   * the first time, after it is clear that the run can begin. What lacks an import or an export
   * costs no compilation then, but errors in function bodies are found only there. */
  uint64_t compile_at_first_run;
} wisp_engine_options_t;
#define WISP_ENGINE_OPTIONS_INIT \
  { sizeof(wisp_engine_options_t), 0, 0 }

/* `options` may be NULL. One engine is enough for a process. */
wisp_error_t* wisp_engine_new(const wisp_engine_options_t* options, wisp_engine_t** engine);
/* Components keep what they need of their engine: it may be freed before them. */
void wisp_engine_free(wisp_engine_t* engine);

/* -- Components -------------------------------------------------------------------------------- */

typedef struct wisp_component wisp_component_t;

/* Validates and compiles, or leaves code to the first run (wisp_engine_options_t). `bytes` are
 * copied first: the caller may free or overwrite them when the call returns. The copy (1 GiB at
 * most) lives as long as the component. */
wisp_error_t* wisp_component_from_bytes(wisp_engine_t* engine, const uint8_t* bytes, size_t size,
                                        wisp_component_t** component);
/* The same for a file, which is read into memory: whatever becomes of it afterwards, or while it is
 * read, nothing is compiled that was not validated. */
wisp_error_t* wisp_component_from_file(wisp_engine_t* engine, const char* path,
                                       wisp_component_t** component);
/* A file in memory, for who looks at it before it is compiled: a pipe, which is read to its end,
 * could not be read twice. The bytes live as long as the handle. */
typedef struct wisp_file wisp_file_t;
wisp_error_t* wisp_file_open(const char* path, wisp_file_t** file);
const uint8_t* wisp_file_bytes(const wisp_file_t* file, size_t* size);
void wisp_file_free(wisp_file_t* file);

/* The same for a file in memory, whose bytes it takes: the handle is empty afterwards, even where
 * they are no component. */
wisp_error_t* wisp_component_from_opened(wisp_engine_t* engine, wisp_file_t* file,
                                         wisp_component_t** component);
/* A component of a composition. */
typedef struct wisp_part {
  size_t size;      /* of the struct; the same for all parts of a composition */
  const char* name; /* what messages call it; where there are no bytes: its file */
  /* Copied as in wisp_component_from_bytes. NULL: they are in the file. */
  const uint8_t* bytes;
  size_t byte_count;
  /* Of a plug: the only import that it answers, whose version may be left out. NULL: all that its
   * exports have the names of. */
  const char* import_name;
} wisp_part_t;
#define WISP_PART_INIT \
  { sizeof(wisp_part_t), "", NULL, 0, NULL }

/* Plugs components into another one, in memory: imports of `root` and of the plugs that exports of
 * plugs answer are linked to these, by the rules for versions of WASI (0.2.x answers 0.2.y); all
 * other imports are the host's. What results is one component with the exports of `root`. A plug
 * may answer imports of WASI. It is an error if two plugs answer an import equally well, if nothing
 * needs a plug, or if they import each other in a circle. */
wisp_error_t* wisp_component_compose(wisp_engine_t* engine, const wisp_part_t* root,
                                     const wisp_part_t* plugs, size_t plug_count,
                                     wisp_component_t** component);
void wisp_component_free(wisp_component_t* component);

typedef enum wisp_binary_kind {
  WISP_BINARY_MODULE = 0,
  WISP_BINARY_COMPONENT = 1
} wisp_binary_kind_t;

/* What the bytes say that they are, by the first of them. MALFORMED: neither. */
wisp_error_t* wisp_binary_kind(const uint8_t* bytes, size_t size, wisp_binary_kind_t* kind);

/* Validates a core module or a component without compiling it. `kind` may be NULL; it is written on
 * success. These functions and the ones below borrow `bytes` for the call: nobody may write to them
 * meanwhile. */
wisp_error_t* wisp_validate_bytes(const uint8_t* bytes, size_t size, wisp_binary_kind_t* kind);
wisp_error_t* wisp_validate_file(const char* path, wisp_binary_kind_t* kind);

/* The world of a component as WIT text, and what a component or core module consists of, for people
 * to read. Both are validated but for function bodies. The text ends with a newline; free it with
 * wisp_string_free. */
wisp_error_t* wisp_wit_bytes(const uint8_t* bytes, size_t size, char** wit);
wisp_error_t* wisp_wit_file(const char* path, char** wit);
wisp_error_t* wisp_inspect_bytes(const uint8_t* bytes, size_t size, char** text);
wisp_error_t* wisp_inspect_file(const char* path, char** text);

/* -- WASI -------------------------------------------------------------------------------------- */

typedef struct wisp_wasi wisp_wasi_t;

typedef enum wisp_directory_access {
  WISP_DIRECTORY_READ_ONLY = 0,
  WISP_DIRECTORY_READ_WRITE = 1
} wisp_directory_access_t;

/* How the kernel is asked: by io_uring, by epoll and plain system calls, or (AUTO) by what turns
 * out to work. */
typedef enum wisp_io { WISP_IO_AUTO = 0, WISP_IO_URING = 1, WISP_IO_EPOLL = 2 } wisp_io_t;

/* Nothing is granted at first but clocks, random numbers and the standard streams of the process. A
 * context may serve any number of runs, one after the other. */
wisp_wasi_t* wisp_wasi_new(void);
void wisp_wasi_free(wisp_wasi_t* wasi);

/* All arguments, argv[0] included; replaces earlier ones. Initially there are none, not even that.
 * What a guest is to see as strings is UTF-8, here and below: else there is a USAGE error. */
wisp_error_t* wisp_wasi_set_arguments(wisp_wasi_t* wasi, size_t count,
                                      const char* const* arguments);
/* A later value of the same name replaces the earlier. Names are not empty and have no '='. */
wisp_error_t* wisp_wasi_set_environment(wisp_wasi_t* wasi, const char* name, const char* value);
/* All variables of the process as they are now; those that are not UTF-8 are left out. */
void wisp_wasi_inherit_environment(wisp_wasi_t* wasi);
/* Opens a directory of the host now, and shows it to the guest as `guest_path`, with everything
 * below it and nothing besides: no link and no ".." leads out. */
wisp_error_t* wisp_wasi_preopen_directory(wisp_wasi_t* wasi, const char* host_path,
                                          const char* guest_path, wisp_directory_access_t access);
/* The directory to start in, which wasi:cli/environment tells the guest; initially none. It grants
 * nothing: relative paths become paths below preopened directories in the guest's own library. */
wisp_error_t* wisp_wasi_set_initial_cwd(wisp_wasi_t* wasi, const char* path);
/* File descriptors for stdin, stdout and stderr; borrowed while the context lives. Initially 0, 1
 * and 2, which are to be open: a number that is free goes to the next file that is opened, be it
 * the guest's. */
void wisp_wasi_set_stdio(wisp_wasi_t* wasi, int stdin_descriptor, int stdout_descriptor,
                         int stderr_descriptor);
wisp_error_t* wisp_wasi_set_io(wisp_wasi_t* wasi, wisp_io_t io);
/* The most random bytes that a guest may ask for in one call; initially 64 MiB. 0 is 0. */
void wisp_wasi_set_max_random_size(wisp_wasi_t* wasi, uint64_t bytes);
/* The network. At first sockets can be made, which reach nobody and are bound nowhere, and no name
 * is looked up. A denied call gives the guest an error code, and with WISP_LOG=info a line on
 * stderr that says which rule would allow it.
 *
 * A rule is "[tcp:|udp:]HOST[:PORT]". HOST is an address ("10.0.0.1", "[::1]"), a block of
 * addresses ("10.0.0.0/8", "[fd00::/8]"), or a name; IPv6 needs its brackets where a port follows.
 * Without a protocol both are meant, without a port all ports. What makes no sense is a USAGE
 * error. */
/* The guest may connect and send there. A name may be looked up, and stands for what it resolves to
 * in the run. */
wisp_error_t* wisp_wasi_allow_net(wisp_wasi_t* wasi, const char* rule);
/* Sockets may be bound there, and listen. HOST is no name but localhost; 0.0.0.0 and [::] are all
 * addresses of the machine, and each of them; port 0 is one that the system chooses. */
wisp_error_t* wisp_wasi_allow_listen(wisp_wasi_t* wasi, const char* rule);
/* All addresses for everything, but no names. */
void wisp_wasi_inherit_network(wisp_wasi_t* wasi);
/* All names may be looked up. */
void wisp_wasi_allow_ip_name_lookup(wisp_wasi_t* wasi);
/* No such sockets can be made, whatever else is allowed. */
void wisp_wasi_deny_tcp(wisp_wasi_t* wasi);
void wisp_wasi_deny_udp(wisp_wasi_t* wasi);
/* Listens now at "ADDRESS:PORT", and gives the socket to core modules, which cannot make any: the
 * first one is descriptor 3, the directories follow behind the last. Whatever else is allowed. */
wisp_error_t* wisp_wasi_listen_tcp(wisp_wasi_t* wasi, const char* address);
/* Functions that WASI marks @unstable(feature = ...) are linked only where asked for:
 * "clocks-timezone", "network-error-code", "informational-outbound-responses". */
wisp_error_t* wisp_wasi_enable_feature(wisp_wasi_t* wasi, const char* feature);

/* -- Running ----------------------------------------------------------------------------------- */

/* Functions that a component or module imports and nobody provides. */
typedef enum wisp_unknown_imports {
  WISP_UNKNOWN_IMPORTS_REFUSE = 0, /* an error that lists them */
  WISP_UNKNOWN_IMPORTS_TRAP = 1,   /* calling one traps */
  WISP_UNKNOWN_IMPORTS_DEFAULT = 2 /* they return zero: false, "", an empty list, the first case;
                                      other items that a module imports are empty and zero */
} wisp_unknown_imports_t;

typedef struct wisp_run_options {
  size_t size;
  uint64_t max_memory_bytes;   /* of each linear memory; 0: what the guest declares */
  uint64_t timeout_ns;         /* of the whole run; 0: none */
  uint64_t max_stack_bytes;    /* of the guest's stack; 0: 1 MiB */
  uint64_t max_table_elements; /* of all tables together; 0: 10 million */
  uint64_t hostcall_fuel;      /* bytes that one call may hand to the host; 0: 128 MiB */
  uint64_t max_resources;      /* handles that exist at a time; 0: the default */
  wisp_unknown_imports_t unknown_imports;
  /* Bytes that the guest may make the host hold at a time, all together: memories and tables by
   * their size, instances, handles with what they stand for, buffers of calls. Growing beyond it
   * fails in the guest, instantiating beyond it is an error, everything else traps. 0: three
   * quarters of the memory that the machine has, or the control groups of the process allow. */
  uint64_t memory_budget;
} wisp_run_options_t;
#define WISP_RUN_OPTIONS_INIT \
  { sizeof(wisp_run_options_t), 0, 0, 0, 0, 0, 0, WISP_UNKNOWN_IMPORTS_REFUSE, 0 }

/* Instantiates a command and calls its wasi:cli/run. Returns when the guest has ended;
 * `exit_status` is then what it asked for: 0 where `run` returned ok, 1 where it returned an error,
 * n after exit-with-code(n). A trap is an error. Blocks the thread, unless the guest waits for
 * nothing. `options` may be NULL. The context may be used again. */
wisp_error_t* wisp_run_command(wisp_component_t* component, wisp_wasi_t* wasi,
                               const wisp_run_options_t* options, int* exit_status);

/* Instantiates a component and calls one of its exports. `call` is a function and its arguments in
 * WAVE, the text form of component values: "add(1, 2)" or, where several exported instances have a
 * function of that name, "docs:adder/add.add@0.1.0(1, 2)". `result` is what it returned, in WAVE,
 * "()" where it returns nothing; free it with wisp_string_free. A guest that ends itself by
 * wasi:cli/exit returns nothing: `result` is then NULL and `exit_status` what it asked for, which
 * is 0 otherwise. Blocks, and may be repeated, as wisp_run_command; each call has an instance of
 * its own. Errors: LINK where there is no such export, USAGE (with the column, the parameter and
 * the expected type) for arguments that do not fit; in both cases no guest code has run. */
wisp_error_t* wisp_invoke(wisp_component_t* component, wisp_wasi_t* wasi,
                          const wisp_run_options_t* options, const char* call, char** result,
                          int* exit_status);

/* -- Core modules ------------------------------------------------------------------------------ */

/* A core module, validated and compiled. Any thread, several at once. */
typedef struct wisp_module wisp_module_t;

/* As the functions for components. What a module imports is looked at when it is run. */
wisp_error_t* wisp_module_from_bytes(wisp_engine_t* engine, const uint8_t* bytes, size_t size,
                                     wisp_module_t** module);
wisp_error_t* wisp_module_from_file(wisp_engine_t* engine, const char* path,
                                    wisp_module_t** module);
wisp_error_t* wisp_module_from_opened(wisp_engine_t* engine, wisp_file_t* file,
                                      wisp_module_t** module);
void wisp_module_free(wisp_module_t* module);

/* Instantiates the module with the functions of WASI preview 1 (wasi_snapshot_preview1), calls
 * `_initialize` if it exports that, then the exported function `name`. NULL stands for the command:
 * the export with an empty name, else `_start`; a reactor, which has `_initialize` and neither of
 * them, is complete with that.
 *
 * Arguments are numbers, one for each parameter: decimal, for integers also hexadecimal with 0x;
 * what goes beyond the parameters is ignored, as wasmtime does. (Those of a command are part of
 * `wasi`.) `results` has one line for each result, without a newline after the last; it may be
 * empty; free it with wisp_string_free. A guest that ends itself by proc_exit returns nothing:
 * `results` is then NULL and `exit_status` what it asked for, which is 0 otherwise.
 *
 * `wasi` may be NULL: a context to which nothing was granted. `options` may be NULL; of them,
 * max_resources is about components only. Errors: LINK where something is imported that nobody
 * provides, or there is no such function, USAGE for arguments that do not fit, LIMIT for an exit
 * status beyond 125, TRAP. */
wisp_error_t* wisp_module_invoke(wisp_module_t* module, wisp_wasi_t* wasi,
                                 const wisp_run_options_t* options, const char* name, size_t count,
                                 const char* const* arguments, char** results, int* exit_status);

/* "0.1.0" */
const char* wisp_version(void);

/* What this machine gives a process like this one (io_uring, limits, the processor), and what Wisp
 * does about it: lines for people to read. Free it with wisp_string_free. */
char* wisp_system_report(void);

#ifdef __cplusplus
}
#endif

#endif
