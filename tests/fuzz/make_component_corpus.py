#!/usr/bin/env python3
"""Makes the seed corpus of component_fuzz: small components that reach every section, type, alias
form and canonical definition.

It rewrites tests/fuzz/corpus/component and prints what is reached. Files whose names begin with
`gated_` are refused by name, all others link.
"""
import pathlib

OUT = pathlib.Path(__file__).resolve().parent / "corpus/component"
PREAMBLE = b"\0asm\x0d\x00\x01\x00"
reached = {"section": set(), "type": set(), "canon": set(), "alias": set(), "option": set()}


def u(value):
    out = b""
    while True:
        byte, value = value & 0x7F, value >> 7
        if not value:
            return out + bytes([byte])
        out += bytes([byte | 0x80])


def vec(*items):
    return u(len(items)) + b"".join(items)


def name(text):
    raw = text.encode()
    return u(len(raw)) + raw


def section(number, content):
    reached["section"].add(number)
    return bytes([number]) + u(len(content)) + content


def component(*sections):
    return PREAMBLE + b"".join(sections)


# --- core modules

I32, I64, F32, F64 = b"\x7f", b"\x7e", b"\x7d", b"\x7c"


def functype(params=b"", results=b""):
    return b"\x60" + vec(*(bytes([p]) for p in params)) + vec(*(bytes([r]) for r in results))


def core_section(number, content):
    return bytes([number]) + u(len(content)) + content


def libc():
    """Exports mem, tbl, glob, realloc and one function f<n> for each of a few signatures."""
    types = [functype(I32 * 4, I32), functype(), functype(I32), functype(b"", I32),
             functype(I32 * 2), functype(I32, I32), functype(I32 * 3, I32), functype(I64 + F32 + F64),
             functype(I32 * 16)]
    bodies = [b"\x04\x00\x41\x00\x0b" if t[-1:] == I32 and t[-2:-1] == b"\x01" else b"\x02\x00\x0b"
              for t in types]
    exports = [name("realloc") + b"\x00\x00"]
    exports += [name(f"f{i}") + b"\x00" + u(i) for i in range(1, len(types))]
    exports += [name("tbl") + b"\x01\x00", name("mem") + b"\x02\x00", name("glob") + b"\x03\x00"]
    return (b"\0asm\x01\0\0\0" + core_section(1, vec(*types)) +
            core_section(3, vec(*(u(i) for i in range(len(types))))) +
            core_section(4, vec(b"\x70\x00\x01")) + core_section(5, vec(b"\x00\x01")) +
            core_section(6, vec(b"\x7f\x00\x41\x00\x0b")) + core_section(7, vec(*exports)) +
            core_section(10, vec(*bodies)))


def user():
    """Imports one of each sort from the module "env"."""
    imports = [name("env") + name("f1") + b"\x00\x00", name("env") + name("tbl") + b"\x01\x70\x00\x01",
               name("env") + name("mem") + b"\x02\x00\x01",
               name("env") + name("glob") + b"\x03\x7f\x00"]
    return b"\0asm\x01\0\0\0" + core_section(1, vec(functype())) + core_section(2, vec(*imports))


LIBC = section(1, libc())
LIBC_INSTANCE = section(2, vec(b"\x00\x00\x00"))


def core_alias(sort, item, instance=0):
    reached["alias"].add(("core export", sort))
    return b"\x00" + bytes([sort]) + b"\x01" + u(instance) + name(item)


# Core functions 0..8: realloc, f1 .. f8; memory 0; table 0.
LIBC_ALIASES = section(6, vec(*(core_alias(0, n) for n in ["realloc"] + [f"f{i}" for i in range(1, 9)]),
                              core_alias(2, "mem"), core_alias(1, "tbl"), core_alias(3, "glob")))
LIBC_ALL = LIBC + LIBC_INSTANCE + LIBC_ALIASES

# --- component types


def types(*items):
    for item in items:
        reached["type"].add(item[0])
    return section(7, vec(*items))


def func(params=(), result=None, opcode=0x40):
    listed = vec(*(name(n) + t for n, t in params))
    return bytes([opcode]) + listed + (b"\x01\x00" if result is None else b"\x00" + result)


BOOL, U8, U32, S64, U64, FLOAT, DOUBLE, CHAR, STRING = (
    bytes([b]) for b in (0x7F, 0x7D, 0x79, 0x78, 0x77, 0x76, 0x75, 0x74, 0x73))
PLAIN = b"\x00"


def imports(*items):
    return section(10, vec(*(PLAIN + name(n) + t for n, t in items)))


def exports(*items):
    return section(11, vec(*(PLAIN + name(n) + t for n, t in items)))


def canons(*items):
    for item in items:
        reached["canon"].add(item[0])
    return section(8, vec(*items))


def options(*items):
    for item in items:
        reached["option"].add(item[0])
    return vec(*items)


UTF8, UTF16, LATIN1 = b"\x00", b"\x01", b"\x02"
MEMORY, REALLOC = b"\x03\x00", b"\x04\x00"


def lift(core, opts, kind):
    return b"\x00\x00" + u(core) + opts + u(kind)


def lower(index, opts):
    return b"\x01\x00" + u(index) + opts


def instance_type(*declarations):
    return b"\x42" + vec(*declarations)


def component_type(*declarations):
    return b"\x41" + vec(*declarations)


SUB_RESOURCE = b"\x03\x01"


def eq(index):
    return b"\x03\x00" + u(index)


def decl_type(item):
    reached["type"].add(item[0])
    return b"\x01" + item


def decl_import(text, kind):
    return b"\x03" + PLAIN + name(text) + kind


def decl_export(text, kind):
    return b"\x04" + PLAIN + name(text) + kind


def outer(sort, count, index):
    reached["alias"].add(("outer", sort))
    return sort + b"\x02" + u(count) + u(index)


def export_alias(sort, instance, item):
    reached["alias"].add(("export", sort))
    return sort + b"\x00" + u(instance) + name(item)


def all_types():
    """Every value type, named by exports so that functions may use it."""
    return component(
        types(*(bytes([b]) for b in range(0x73, 0x80)),                        # 0..12
              b"\x3f\x7f\x00",                                                  # 13 resource
              b"\x72" + vec(name("a") + BOOL, name("b") + U64),                 # 14 record
              b"\x71" + vec(name("x") + b"\x01" + FLOAT + b"\0", name("y") + b"\0\0"),  # 15
              b"\x70" + U8, b"\x6f" + vec(CHAR, STRING), b"\x6e" + vec(name("f"), name("g")),
              b"\x6d" + vec(name("e"), name("h")), b"\x6b" + DOUBLE, b"\x6a\x00\x00",
              b"\x6a\x01" + U32 + b"\x01" + STRING, b"\x69\x0d", b"\x68\x0d",
              b"\x67" + U8 + b"\x03", b"\x63" + STRING + U32, b"\x70\x10"),
        exports(("r", b"\x03\x0d\x00"), ("rec", b"\x03\x0e\x00"), ("var", b"\x03\x0f\x00"),
                ("fl", b"\x03\x12\x00"), ("en", b"\x03\x13\x00")))


def lifts():
    """Lifted functions with all options, exported, one with an ascribed type."""
    return component(
        LIBC_ALL,
        types(func(), func([("s", STRING)]), func([], STRING), func([("a", U32)], U32),
              func([("a", S64), ("b", FLOAT), ("c", DOUBLE)]),
              b"\x6f" + vec(*([U32] * 17)), func([("t", b"\x05")]), b"\x3f\x7f\x01\x02"),
        canons(lift(1, options(), 0), lift(4, options(UTF8, MEMORY, REALLOC), 1),
               lift(3, options(UTF16, MEMORY, REALLOC, b"\x05\x02"), 2), lift(5, options(LATIN1), 3),
               lift(7, options(), 4), lift(2, options(MEMORY, REALLOC), 6)),
        canons(lower(1, options(UTF16, MEMORY)), lower(3, options()), lower(2, options(MEMORY, REALLOC)),
               b"\x02\x07", b"\x03\x07", b"\x04\x07", b"\x0a\x7f\x00", b"\x0b\x7f\x01"),
        exports(("a", b"\x01\x00\x00"), ("b", b"\x01\x01\x00"), ("c", b"\x01\x02\x00"),
                ("d", b"\x01\x03\x01\x01\x03")))


def imported_instance():
    """An interface with a resource, its methods, and what a guest does with them."""
    kind = instance_type(
        decl_export("r", SUB_RESOURCE), decl_type(b"\x69\x00"), decl_type(func([("x", U32)], b"\x01")),
        decl_export("[constructor]r", b"\x01\x02"), decl_type(b"\x68\x00"),
        decl_type(func([("self", b"\x03")], STRING)), decl_export("[method]r.text", b"\x01\x04"),
        decl_type(b"\x6d" + vec(name("one"), name("two"))), decl_export("kind", eq(5)),
        decl_type(func([("k", b"\x06")])), decl_export("[static]r.set", b"\x01\x07"))
    return component(
        types(kind), imports(("test:a/b@0.2.0", b"\x05\x00"), ("test:a/c@0.2.0-rc.1", b"\x05\x00")),
        LIBC_ALL,
        section(6, vec(export_alias(b"\x03", 0, "r"), export_alias(b"\x01", 0, "[constructor]r"),
                       export_alias(b"\x01", 0, "[method]r.text"),
                       export_alias(b"\x01", 1, "[static]r.set"))),
        canons(lower(0, options()), lower(1, options(MEMORY, REALLOC)), lower(2, options()),
               b"\x03\x01"),
        section(2, vec(b"\x01" + vec(name("new") + b"\x00\x09", name("text") + b"\x00\x0a",
                                     name("mem") + b"\x02\x00", name("tbl") + b"\x01\x00",
                                     name("glob") + b"\x03\x00", name("f1") + b"\x00\x01"))),
        section(1, user()), section(2, vec(b"\x00\x01" + vec(name("env") + b"\x12\x01"))))


def nested():
    """Components in components: resources through instances, `with` of each sort, outer aliases."""
    inner = component(
        types(b"\x3f\x7f\x00"), imports(("t", SUB_RESOURCE)), types(b"\x69\x01", func([("x", b"\x02")])),
        imports(("f", b"\x01\x03")), exports(("own-r", b"\x03\x00\x00"), ("t2", b"\x03\x01\x00"),
                                             ("g", b"\x01\x00\x00")))
    return component(
        types(b"\x3f\x7f\x00", b"\x69\x00", func([("x", b"\x01")])), LIBC_ALL,
        canons(lift(2, options(), 2)), section(4, inner),
        section(5, vec(b"\x00\x00" + vec(name("t") + b"\x03\x00", name("f") + b"\x01\x00"),
                       b"\x00\x00" + vec(name("t") + b"\x03\x00", name("f") + b"\x01\x00",
                                         name("Unused One") + b"\x05\x00"),
                       b"\x01" + vec(PLAIN + name("i") + b"\x05\x00", PLAIN + name("c") + b"\x04\x00",
                                     PLAIN + name("m") + b"\x00\x11\x00"))),
        section(6, vec(export_alias(b"\x05", 2, "i"), export_alias(b"\x04", 2, "c"),
                       export_alias(b"\x00\x11", 2, "m"), outer(b"\x04", 0, 0), outer(b"\x00\x11", 0, 0),
                       outer(b"\x03", 0, 0))),
        exports(("out", b"\x04\x00\x00")))


def declared_types():
    """Component and instance types with each declaration; module types; outer aliases."""
    module = b"\x50" + vec(
        b"\x01" + functype(I32, I32), b"\x00" + name("a") + name("b") + b"\x00\x00",
        b"\x02\x10\x01\x01\x00", b"\x01" + functype(I32), b"\x03" + name("e") + b"\x00\x01",
        b"\x03" + name("m") + b"\x02\x00\x01", b"\x03" + name("g") + b"\x03\x7f\x01",
        b"\x03" + name("t") + b"\x01\x70\x01\x01\x02", b"\x03" + name("x") + b"\x04\x00\x02")
    inner = instance_type(b"\x00" + functype(), decl_export("r", SUB_RESOURCE))
    whole = component_type(
        b"\x02" + outer(b"\x03", 1, 0), b"\x02" + outer(b"\x00\x10", 1, 0), decl_type(inner),
        decl_import("i", b"\x05\x01"), b"\x02" + export_alias(b"\x03", 0, "r"),
        decl_export("r", eq(2)), decl_export("j", b"\x05\x01"), decl_import("s", SUB_RESOURCE),
        decl_type(component_type()), decl_export("c", b"\x04\x05"),
        b"\x02" + outer(b"\x03", 0, 0))
    nested_scope = component(section(6, vec(outer(b"\x03", 1, 0), outer(b"\x00\x10", 1, 0))))
    return component(section(3, vec(functype(), module)), types(STRING, whole), section(4, nested_scope),
                     imports(("m", b"\x00\x11\x01")))


def attributes():
    def with_attributes(text, kind, *items):
        return b"\x02" + name(text) + vec(*items) + kind
    return component(
        types(instance_type()),
        section(10, vec(with_attributes("a", b"\x05\x00", b"\x00" + name("x:y/z")),
                        with_attributes("b", b"\x05\x00", b"\x02" + name("some id")),
                        with_attributes("x:y/w@0.2", b"\x05\x00", b"\x01" + name(".6-rc.1")),
                        b"\x01" + name("url=<https://example.com>") + b"\x05\x00",
                        PLAIN + name("locked-dep=<a:b@1.2.3>") + b"\x05\x00")),
        section(0, name("component-name") + b"\x00\x02\x01c" + b"\x01\x08\x03\x01\x00\x04type"),
        section(0, name("other") + b"anything"))


def ascribed():
    """Exports whose ascribed types forget: an instance without its exports, a fresh resource."""
    return component(
        types(b"\x3f\x7f\x00", instance_type(), instance_type(decl_export("r", SUB_RESOURCE))),
        section(5, vec(b"\x01" + vec(PLAIN + name("r") + b"\x03\x00"))),
        exports(("a", b"\x05\x00\x01\x05\x01"), ("b", b"\x05\x00\x01\x05\x02"),
                ("r1", b"\x03\x00\x00"), ("r2", b"\x03\x00\x01" + SUB_RESOURCE)))


def gated():
    no_options = options()
    stream_options = options(MEMORY, REALLOC)
    return component(
        LIBC_ALL, section(3, vec(functype(I32))),
        types(func([], None, 0x43), b"\x66\x01" + U8, b"\x65\x00", b"\x64"),
        canons(lift(3, options(b"\x06", b"\x07\x06"), 0), lower(0, options(b"\x06")), b"\x05", b"\x06\x01",
               b"\x09\x00" + U32 + no_options, b"\x0c\x00", b"\x0d", b"\x0e\x01",
               b"\x0f\x01" + stream_options, b"\x10\x01" + stream_options, b"\x11\x01\x00", b"\x12\x01\x01",
               b"\x13\x01", b"\x14\x01", b"\x15\x02", b"\x16\x02" + stream_options,
               b"\x17\x02" + stream_options, b"\x18\x02\x00", b"\x19\x02\x01", b"\x1a\x02", b"\x1b\x02",
               b"\x1c" + stream_options, b"\x1d" + stream_options, b"\x1e", b"\x1f", b"\x20\x00\x00",
               b"\x21\x01\x00", b"\x22", b"\x23", b"\x24", b"\x25", b"\x26", b"\x27\x00\x00", b"\x28",
               b"\x29\x00", b"\x2a\x00", b"\x2b\x00", b"\x2c\x00", b"\x2d\x01", b"\x40\x00\x00",
               b"\x41\x00\x00\x00", b"\x42\x00"))


def main():
    seeds = {
        "empty": component(), "all_types": all_types(), "lifts": lifts(),
        "imported_instance": imported_instance(), "nested": nested(),
        "declared_types": declared_types(), "attributes": attributes(), "ascribed": ascribed(),
        "gated_builtins": gated(),
        "gated_start": component(section(9, b"\x00\x00\x00")),
        "gated_value": component(section(12, vec(U8 + b"\x01\x07"))),
    }
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.wasm"):
        old.unlink()
    for seed, content in seeds.items():
        (OUT / f"{seed}.wasm").write_bytes(content)
    for what, found in reached.items():
        print(f"{what}: {len(found)} reached")


if __name__ == "__main__":
    main()
