"""The raw layer in Go: its files, and the words that they are made of.

A function of C becomes a function of Go with the same parameters, but that a pointer and its size
are one slice. Parameters of type void * reach C through an inline function that names them
uint8_t *: what cgo is told to be bytes it does not search for Go pointers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from generator import cmap
from generator.cmap import CParam
from generator.model import Constant, Enum, Field, Function, Model, Param, Struct
from generator.source import SpecError
from generator.template import Output
from generator.text import call, facts, wrap

OUTPUTS: tuple[Output, ...] = (
    Output("capi.go.j2", "bindings/go/internal/capi/zcapi.go"),
    Output("types.go.j2", "bindings/go/ztypes.go"),
)
WIDTH = 100
SCALARS = {"u32": "uint32", "u64": "uint64", "i32": "int32", "f64": "float64", "size": "uint64"}
POINTERS = ("pointer", "cpointer")
UPPER = {"abi", "lru", "ok", "s3fifo", "ttl"}
KEYWORDS = set(
    "break case chan const continue default defer else fallthrough for func go goto if import"
    " interface map package range return select struct switch type var".split()
)


@dataclass(frozen=True)
class Crossing:
    """How one parameter is declared in Go, and what C gets for it."""

    declarations: tuple[str, ...]
    arguments: tuple[str, ...]
    before: tuple[str, ...] = ()


def exported(name: str) -> str:
    """The name of an entry: cache_read_many becomes CacheReadMany."""
    words = name.lower().split("_")
    return "".join(word.upper() if word in UPPER else word.capitalize() for word in words)


def local(name: str) -> str:
    """The name of a parameter: key_sizes becomes keySizes."""
    first, *rest = name.split("_")
    joined = first + "".join(exported(word) for word in rest)
    return joined + "_" if joined in KEYWORDS | {"unsafe"} else joined


def c_field(field: Field) -> str:
    """The name of a member of a struct of C, as cgo has it."""
    return f"_{field.name}" if field.name in KEYWORDS else field.name


def value_type(spec_type: str) -> str:
    """What can be returned by value or stand in a struct."""
    kind, target = cmap.split(spec_type)
    if kind in ("enum", "callback"):
        return exported(target)
    if kind in (*POINTERS, "cbytes"):
        return "unsafe.Pointer"
    if kind == "handle":
        return f"*{exported(target)}"
    return "string" if kind == "text" else SCALARS[kind]


def c_type(spec_type: str) -> str:
    """The type as cgo names it."""
    return f"C.{cmap.value_type(spec_type)[0]}"


def crossing(param: Param, model: Model) -> Crossing:
    """Decides by the shape of a parameter alone; fails for one that Go has no words for."""
    name, out = local(param.name), param.out
    kind, target = param.kind, param.target
    if kind in SCALARS or kind == "enum":
        star = "*" if out else ""
        cast = f"(*{c_type(param.type)})" if out else c_type(param.type)
        return Crossing((f"{name} {star}{value_type(param.type)}",), (f"{cast}({name})",))
    if kind in ("bytes", "buffer") and not (out and kind == "bytes"):
        data = f"(*C.uint8_t)(unsafe.SliceData({name}))"
        return Crossing((f"{name} []byte",), (data, f"C.size_t(len({name}))"))
    if kind == "array":
        data = f"(*{c_type(target)})(unsafe.SliceData({name}))"
        return Crossing((f"{name} []{SCALARS[target]}",), (data,))
    if kind in POINTERS:
        return Crossing((f"{name} {'*' if out else ''}unsafe.Pointer",), (name,))
    if kind == "handle":
        return Crossing((f"{name} {'*' if out else ''}*{exported(target)}",), (name,))
    if kind == "handles" and out:
        return Crossing((f"{name} []*{exported(target)}",), (f"unsafe.SliceData({name})",))
    if kind == "struct":
        cast = f"(*C.{cmap.c_name(target)})(unsafe.Pointer({name}))"
        return Crossing((f"{name} *{exported(target)}",), (cast,), _pins(name, target, model))
    if kind == "text" and not out:
        before = (f"{name}Text := C.CString({name})", f"defer C.free(unsafe.Pointer({name}Text))")
        return Crossing((f"{name} string",), (f"{name}Text",), before)
    if kind == "callback":
        types = (exported(target), "unsafe.Pointer", exported("destroy_fn"))
        names = (name, "user", "destroy")
        return Crossing(tuple(map(" ".join, zip(names, types, strict=True))), names)
    way = "out" if out else "in"
    raise SpecError([f"parameter {param.name}: {param.type} {way} has no shape in Go"])


def _pins(name: str, struct: str, model: Model) -> tuple[str, ...]:
    """Memory of Go that a struct points to is pinned while C reads it."""
    structs = {s.name: s for module in model.modules for s in module.structs}
    held = [exported(f.name) for f in structs[struct].fields if f.type == "cbytes"]
    if not held:
        return ()
    pinned = f"{name}Pins"
    return (
        f"var {pinned} pins",
        f"defer {pinned}.Unpin()",
        f"if {name} != nil {{",
        *(f"\t{pinned}.Pin({name}.{member})" for member in held),
        "}",
    )


def shim(function: Function) -> str:
    """The inline function of a function that takes bytes; empty for one that takes none.

    In it bytes are uint8_t, and places for pointers are numbers: cgo looks behind pointers to
    pointers at each call, which costs as much as the call.
    """
    if not _needs_shim(function):
        return ""
    head = f"static inline {function.returns} {called(function)}("
    declared = call(head, tuple(_typed(c, function) for c in function.c_params))
    arguments = ", ".join(
        f"({c.type}){c.name}" if _is_place(c) else c.name for c in function.c_params
    )
    first, *rest = wrap(f"return {function.c_name}({arguments});", WIDTH - len("  "))
    lines = [f"{declared} {{", f"  {first}", *(f"      {line}" for line in rest), "}"]
    return "\n".join(lines)


def _needs_shim(function: Function) -> bool:
    return any(param.kind in ("bytes", "buffer") for param in function.params)


def _is_place(c: CParam) -> bool:
    """Whether C writes a pointer there."""
    return c.type.endswith("**")


def _typed(c: CParam, function: Function) -> CParam:
    """What cgo is told instead, so that it looks for no pointers behind it."""
    if _is_place(c):
        return replace(c, type="uintptr_t *")
    bytes_like = {b for p in function.params if p.kind in ("bytes", "buffer") for b in p.c}
    return replace(c, type=c.type.replace("void", "uint8_t")) if c in bytes_like else c


def called(function: Function) -> str:
    """What cgo calls: the function, or its inline function."""
    return f"capi_{function.name}" if _needs_shim(function) else function.c_name


def signature(function: Function, model: Model) -> str:
    """The first line or lines of a wrapper, with its brace."""
    parts = [d for param in function.params for d in crossing(param, model).declarations]
    if function.fallible:
        parts.append("err **Error")
    returned = f" {value_type(function.returns_type)}" if function.returns_type else ""
    head = f"func {exported(function.name)}("
    return "\n".join(_breaks(head, parts, f"){returned} {{", ""))


def body(function: Function, model: Model) -> str:
    """The lines of a wrapper."""
    crossings = [crossing(param, model) for param in function.params]
    arguments = [argument for c in crossings for argument in c.arguments]
    if function.fallible:
        arguments.append("err")
    if _needs_shim(function):
        places = [_is_place(c) for c in function.c_params]
        arguments = [
            f"(*C.uintptr_t)(unsafe.Pointer({argument}))" if place else argument
            for argument, place in zip(arguments, places, strict=True)
        ]
    before = [f"\t{line}" for c in crossings for line in c.before]
    opening, closing = _result(function)
    call = _breaks(f"\t{opening}C.{called(function)}(", arguments, f"){closing}", "\t")
    return "\n".join([*before, *call])


def _result(function: Function) -> tuple[str, str]:
    if function.returns_type is None:
        return "", ""
    kind, _ = cmap.split(function.returns_type)
    if kind == "handle":
        return "return ", ""
    cast = "C.GoString" if kind == "text" else value_type(function.returns_type)
    return f"return {cast}(", ")"


def _breaks(head: str, parts: list[str], tail: str, indent: str) -> list[str]:
    """One line where it fits, otherwise a line for each part."""
    line = f"{head}{', '.join(parts)}{tail}"
    if len(line.expandtabs(4)) <= WIDTH:
        return [line]
    return [head, *(f"{indent}\t{part}," for part in parts), f"{indent}{tail}"]


def directives(function: Function) -> str:
    """What cgo may leave out, but for calls that may run tasks or loaders of Go meanwhile."""
    if function.calls_back or function.blocks or "LOAD_FAILED" in function.errors:
        return ""
    keeps = any(param.kind in ("callback", "pointer") for param in function.params)
    lines = [] if keeps else [f"#cgo noescape {called(function)}"]
    lines.append(f"#cgo nocallback {called(function)}")
    return "\n".join(lines)


def doc(texts: Iterable[str], indent: str = "") -> str:
    """A doc comment as gofmt leaves it; a text that begins with a dash is an item of a list."""
    lines: list[str] = []
    listed = False
    for text in filter(None, texts):
        item = text.startswith("- ")
        if lines and not (item and listed):
            lines.append("//")
        listed = item
        head, more = ("//   ", "//     ") if item else ("// ", "// ")
        first, *rest = wrap(text, WIDTH - len(indent.expandtabs(4)) - len(more))
        lines += [head + first, *(more + line for line in rest)]
    return "\n".join(indent + line for line in lines)


def function_doc(function: Function) -> str:
    params = () if function.implicit else function.params
    said = [f"- {local(param.name)}: {param.doc}" for param in params if not _plain(param)]
    opening = f"{exported(function.name)} is {function.c_name}. {function.doc}"
    return doc([opening, *said, facts(function)])


def _plain(param: Param) -> bool:
    return param.doc.lower() in (f"the {param.name}.", f"receives the {param.name}.")


def number(constant: Constant) -> str:
    """The type and value of a constant."""
    bits = int(constant.type.removeprefix("uint").removesuffix("_t"))
    value = f"1<<{bits} - 1" if constant.value == 2**bits - 1 else str(constant.value)
    return f"uint{bits} = {value}"


def enum_value(enum: Enum, value: str) -> str:
    return exported(f"{enum.name}_{value}")


def namer(enum: Enum, model: Model) -> str:
    """The function of the interface that tells the name of a value, if there is one."""
    found = [f for f in model.functions if f.name == f"{enum.name}_name"]
    return exported(found[0].name) if found else ""


def figures(struct: Struct) -> list[Field]:
    """What a struct tells its reader, without the members that only C needs."""
    return [field for field in struct.fields if field.name not in ("struct_size", "reserved")]


def figure_name(field: Field) -> str:
    return exported(re.sub("_ns$", "_time", field.name))


def figure_type(field: Field) -> str:
    return "time.Duration" if field.name.endswith("_ns") else value_type(field.type)


def figure_value(field: Field) -> str:
    value = f"raw.{exported(field.name)}"
    return f"time.Duration({value})" if field.name.endswith("_ns") else value


FILTERS: dict[str, Callable[..., object]] = {
    f"go_{name}": function
    for name, function in {
        "body": body,
        "c_field": c_field,
        "directives": directives,
        "doc": doc,
        "enum_value": enum_value,
        "exported": exported,
        "figure_name": figure_name,
        "figure_type": figure_type,
        "figure_value": figure_value,
        "figures": figures,
        "function_doc": function_doc,
        "namer": namer,
        "number": number,
        "shim": shim,
        "signature": signature,
        "type": value_type,
    }.items()
}
