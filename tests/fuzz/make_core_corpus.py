#!/usr/bin/env python3
"""Makes the seed corpus of core_fuzz: small modules that reach every opcode and every section.

Run it after a change of src/jit/wasm/opcodes.def; it rewrites tests/fuzz/corpus/core. Files whose
names begin with `bad_` must be rejected, all others are valid.
"""
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
OPCODES = HERE.parent.parent / "src/jit/wasm/opcodes.def"
OUT = HERE / "corpus/core"

TYPE = {"i": 0x7F, "l": 0x7E, "f": 0x7D, "d": 0x7C}
I32, I64, F32, F64, FUNCREF, EXTERNREF = 0x7F, 0x7E, 0x7D, 0x7C, 0x70, 0x6F
CONST = {"i": b"\x41\xe4\x00", "l": b"\x42\x07", "f": b"\x43\x00\x00\xc0\x3f",
         "d": b"\x44" + b"\0" * 6 + b"\xf8\x3f"}
END, DROP = b"\x0b", b"\x1a"


def u(value):
    out = b""
    while True:
        byte, value = value & 0x7F, value >> 7
        if not value:
            return out + bytes([byte])
        out += bytes([byte | 0x80])


def vec(items):
    items = list(items)
    return u(len(items)) + b"".join(items)


def name(text):
    raw = text.encode()
    return u(len(raw)) + raw


def section(number, content):
    return bytes([number]) + u(len(content)) + content


def functype(params=(), results=()):
    return b"\x60" + vec(bytes([p]) for p in params) + vec(bytes([r]) for r in results)


def body(code, local_groups=()):
    inner = vec(u(n) + bytes([t]) for n, t in local_groups) + code + END
    return u(len(inner)) + inner


def custom(title, content):
    return section(0, name(title) + content)


def module(types=(), imports=(), functions=(), tables=(), memories=(), globals_=(), exports=(),
           start=None, elements=(), data_count=None, bodies=(), data=(), customs=()):
    out = b"\0asm\1\0\0\0"
    for number, items in ((1, types), (2, imports), (3, [u(f) for f in functions]), (4, tables),
                          (5, memories), (6, globals_), (7, exports)):
        if items:
            out += section(number, vec(items))
    if start is not None:
        out += section(8, u(start))
    if elements:
        out += section(9, vec(elements))
    if data_count is not None:
        out += section(12, u(data_count))
    if bodies:
        out += section(10, vec(bodies))
    if data:
        out += section(11, vec(data))
    return out + b"".join(customs)


def read_opcodes():
    text = OPCODES.read_text()
    rows = {}
    for kind in ("SIMPLE", "MEMORY"):
        lines = re.findall(rf"^WISP_OPCODE_{kind}\((0x.*)\)", text, re.M)
        rows[kind] = [[cell.strip(' "') for cell in line.split(",")] for line in lines]
    return rows["SIMPLE"], rows["MEMORY"]


def encode(prefix, code):
    prefix, code = int(prefix, 16), int(code, 16)
    return bytes([prefix]) + u(code) if prefix else bytes([code])


def numbers():
    """Every number opcode, on constants and on parameters; one module per first operand."""
    simple, _ = read_opcodes()
    for letter in "ilfd":
        bodies, types, functions = [], [], []
        for prefix, code, _, _, _, signature in simple:
            result, operands = signature.split("_")
            if operands[0] != letter:
                continue
            opcode = encode(prefix, code)
            gets = b"".join(b"\x20" + u(i) for i in range(len(operands)))
            constants = b"".join(CONST[o] for o in operands)
            mixed = b"\x20\0" + b"".join(CONST[o] for o in operands[1:])
            bodies.append(body(constants + opcode + DROP + mixed + opcode + DROP + gets + opcode))
            functions.append(len(types))
            types.append(functype([TYPE[o] for o in operands], [TYPE[result]]))
        exports = [name(f"f{i}") + b"\0" + u(i) for i in range(len(functions))]
        yield f"numbers_{letter}", module(types, functions=functions, bodies=bodies,
                                          exports=exports)


def loads_and_stores():
    _, memory = read_opcodes()
    code = b""
    for number, _, _, _, signature, align in memory:
        result, operands = signature.split("_")
        opcode = encode("0", number)
        value = b"".join(CONST[o] for o in operands[1:])
        end = DROP if result != "v" else b""
        for address, memarg in ((b"\x20\0", u(int(align)) + u(0)), (b"\x41\x08", u(0) + u(70000)),
                                (b"\x20\0\x41\x10\x6a", u(int(align)) + u(4))):
            code += address + value + opcode + memarg + end
    yield "memory", module([functype([I32])], functions=[0], memories=[b"\x01\x01\x02"],
                           bodies=[body(code)], exports=[name("m") + b"\x02\0",
                                                         name("f") + b"\0\0"],
                           data=[b"\0\x41\x08\x0b" + name("some data")])


def control():
    types = [functype(), functype([I32], [I32]), functype([I32, I64], [I64, I32]),
             functype([], [I32])]
    bodies = [
        # nop, block, loop, br, br_if, if, else, return, unreachable
        body(b"\x01\x02\x40\x03\x40\x20\0\x45\x0d\x01\x20\0\x41\x01\x6b\x22\0\x0d\0\x0c\x01\x0b\x0b"
             b"\x20\0\x04\x7f\x41\x01\x05\x41\x02\x0b\x20\0\x04\x40\x41\x03\x0f\x0b"
             b"\x20\0\x04\x40\0\x0b", [(2, I32), (1, F64)]),
        # br_table with a result, dead code behind it
        body(b"\x02\x7f\x02\x7f\x41\x05\x20\0\x0e\x03\0\x01\0\x01\x1a\x0b\x41\x01\x6a\x0b"),
        # blocks with parameters and several results, a call of such a function
        body(b"\x20\0\x20\x01\x02\x02\x03\x02\x1a\x1a\x42\x07\x20\0\x0b\x0b"
             b"\x1a\x1a\x20\0\x20\x01\x10\x02"),
        # select, drop, typed select, tee
        body(b"\x41\x01\x41\x02\x20\0\x1b\x41\x03\x20\0\x1c\x01\x7f\x22\x01\x20\x01\x6a\x21\0"
             b"\x20\0", [(1, I32)]),
        # dead code of all kinds
        body(b"\0\x6a\x1b\x0e\0\0\x02\x40\x0c\0\x7c\x1a\x0b\x04\x7f\x41\0\x05\x41\0\x0b"),
    ]
    yield "control", module(types, functions=[1, 1, 2, 1, 3], bodies=bodies,
                            exports=[name("a") + b"\0\0"])


def calls_and_tables():
    types = [functype(), functype([I32], [I32]), functype([FUNCREF, EXTERNREF], [FUNCREF])]
    tables = [b"\x70\0\x0a", b"\x6f\x01\x01\x14", b"\x70\x01\x05\x05"]
    bodies = [
        body(b"\x20\0\x10\0\x41\x01\x11\x01\0\x41\0\x11\x01\x02"),
        body(b"\x41\0\x20\0\x26\0\x41\0\x25\0\x1a"                     # table.set, table.get
             b"\x20\x01\x41\x02\xfc\x0f\x01\x1a\xfc\x10\x01\x1a"        # table.grow, table.size
             b"\x41\0\x20\x01\x41\x01\xfc\x11\x01"                      # table.fill
             b"\x41\0\x41\0\x41\x01\xfc\x0e\0\x02"                      # table.copy
             b"\x41\0\x41\0\x41\x01\xfc\x0c\x01\0\xfc\x0d\x01"          # table.init, elem.drop
             b"\xd0\x70\xd1\x1a\xd0\x6f\xd1\x1a\xd2\0"),                # ref.*
    ]
    ref0 = b"\xd2\0\x0b"
    elements = [
        b"\0" + b"\x41\0\x0b" + vec([u(0), u(1)]),
        b"\x01\0" + vec([u(1)]),
        b"\x02\x02\x41\x01\x0b\0" + vec([u(0)]),
        b"\x03\0" + vec([u(0)]),
        b"\x04\x41\x02\x0b" + vec([ref0, b"\xd0\x70\x0b"]),
        b"\x05\x70" + vec([ref0]),
        b"\x06\x01\x41\0\x0b\x6f" + vec([b"\xd0\x6f\x0b"]),
        b"\x07\x70" + vec([ref0]),
    ]
    yield "tables", module(types, functions=[1, 2], tables=tables, elements=elements,
                           bodies=bodies, exports=[name("t") + b"\x01\0", name("f") + b"\0\0"])


def bulk_memory():
    code = (b"\x41\0\x41\0\x41\x01\xfc\x08\0\0\xfc\x09\0"              # memory.init, data.drop
            b"\x41\0\x41\x10\x41\x04\xfc\x0a\0\0\x41\0\x41\xff\x01\x41\x08\xfc\x0b\0"
            b"\x3f\0\x41\x01\x40\0\x6a\x1a")                           # memory.size, memory.grow
    data = [b"\x01" + name("passive"), b"\0\x41\0\x0b" + name("active"),
            b"\x02\0\x41\x20\x0b" + name("explicit")]
    yield "bulk", module([functype()], functions=[0], memories=[b"\0\x01"], data_count=3,
                         bodies=[body(code)], data=data, start=0)


def imports_and_globals():
    imports = [name("m") + name("f") + b"\0\0", name("m") + name("t") + b"\x01\x70\0\x01",
               name("m") + name("m") + b"\x02\0\x01", name("m") + name("g") + b"\x03\x7f\0",
               name("m") + name("v") + b"\x03\x7e\x01"]
    globals_ = [
        b"\x7f\0\x23\0\x41\x03\x6a\x41\x02\x6c\x41\x01\x6b\x0b",         # extended constants
        b"\x7e\x01\x42\x01\x42\x02\x7c\x42\x03\x7d\x42\x04\x7e\x0b",
        b"\x7d\x01\x43\0\0\x80\x3f\x0b", b"\x7c\x01\x44" + b"\0" * 8 + b"\x0b",
        b"\x70\x01\xd2\0\x0b", b"\x6f\x01\xd0\x6f\x0b", b"\x7f\0\x23\x02\x0b",
    ]
    bodies = [body(b"\x23\x01\x24\x03\x23\x04\x24\x04\x23\x05\x24\x05\xd2\0\x24\x06\x23\x07\x24\x07"
                   b"\x23\x08\x1a\x10\0")]
    exports = [name("g") + b"\x03\x02", name("f") + b"\0\x01", name("ä\u20ac\U0001f600") + b"\0\0"]
    names = (b"\0" + u(5) + name("name") + b"\x01" + u(13) + vec([u(0) + name("zero"),
                                                                  u(1) + name("one!")])
             + b"\x02" + u(6) + vec([u(1) + vec([u(0) + name("x")])]))
    yield "globals", module([functype()], imports, [0], globals_=globals_, exports=exports,
                            bodies=bodies, customs=[custom("name", names),
                                                    custom("producers", b"\0")])


def large_shapes():
    many = b"".join(b"\x20" + u(i) + DROP for i in (0, 127, 128, 999, 49999))
    yield "locals", module([functype()], functions=[0],
                           bodies=[body(many, [(1, I64), (126, F32), (2, I32), (49871, F64)])])
    yield "nested", module([functype()], functions=[0],
                           bodies=[body(b"\x02\x40" * 200 + b"\x41\0\x0d\xc7\x01" + END * 200)])
    targets = vec(u(i % 3) for i in range(300)) + u(0)
    yield "switch", module([functype([I32])], functions=[0],
                           bodies=[body(b"\x02\x40\x02\x40\x20\0\x0e" + targets + END + END)])
    yield "empty", module()


def rejected():
    yield "bad_simd", module([functype([0x7B])])
    yield "bad_simd_opcode", module([functype()], functions=[0],
                                    bodies=[body(b"\xfd\x0c" + b"\0" * 16 + DROP)])
    yield "bad_gc", module([b"\x5f\0"])
    yield "bad_tag", b"\0asm\1\0\0\0" + section(13, b"\0")
    yield "bad_memory64", module(memories=[b"\x04\x01"])
    yield "bad_threads", module(memories=[b"\x03\x01\x01"])
    yield "bad_multi_memory", module(memories=[b"\0\x01", b"\0\x01"])
    yield "bad_tail_call", module([functype()], functions=[0], bodies=[body(b"\x12\0")])
    yield "bad_opcode", module([functype()], functions=[0], bodies=[body(b"\xff")])
    yield "bad_type", module([functype()], functions=[0], bodies=[body(b"\x41\0\x7c")])
    yield "bad_component", b"\0asm\x0d\0\1\0"


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.wasm"):
        old.unlink()
    for maker in (numbers, loads_and_stores, control, calls_and_tables, bulk_memory,
                  imports_and_globals, large_shapes, rejected):
        for title, content in maker():
            (OUT / f"{title}.wasm").write_bytes(content)


main()
