"""The raw layer in Rust: its files, and the words that they are made of.

Every type is translated from the C that the headers have, so that a parameter of a new kind needs
nothing here. What is written is what rustfmt would leave alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from generator.cmap import CParam
from generator.model import MACROS, Callback, Constant, Function, Model, Module, Param, Struct
from generator.source import SpecError
from generator.template import Output
from generator.text import NAME, facts, param_rows, plain, wrap

OUTPUTS = (
    Output("rust_lib.rs.j2", "bindings/rust/brisk-sys/src/lib.rs"),
    Output("rust_module.rs.j2", "bindings/rust/brisk-sys/src/{module}.rs"),
)

WIDTH = 100
INDENT = "    "
C_TYPE = re.compile(r"(const )?(\w+) ?(\**)")
TYPES = {
    "char": "c_char",
    "double": "f64",
    "int32_t": "i32",
    "size_t": "usize",
    "uint32_t": "u32",
    "uint64_t": "u64",
    "void": "c_void",
}
KEYWORDS = frozenset(
    "abstract as async await become box break const continue crate do dyn else enum extern false"
    " final fn for if impl in let loop macro match mod move mut override priv pub ref return self"
    " static struct super trait true try type typeof unsafe unsized use virtual where while"
    " yield".split()
)
INIT = re.compile(r"\bBRISK_(\w+)_INIT\b")
# What stands at the root of the crate, which a module does not see by itself.
ROOT_LINK = re.compile(rf"\[`({'|'.join(MACROS)})`\]")
QUOTED = re.compile(r'("[^"]*")')


def rust_type(c_type: str) -> str:
    """The Rust type of a C one: a scalar, a name of the interface, or pointers to either."""
    match = C_TYPE.fullmatch(c_type)
    name = match and (TYPES.get(match[2]) or (match[2].startswith("brisk_") and match[2]))
    if not match or not name:
        raise SpecError([f"generator/rust.py has no type for {c_type!r}; name it in TYPES"])
    stars = len(match[3])
    const = "*const " if match[1] and stars else ""
    return "*mut " * (stars - bool(const)) + const + name


def rust_name(name: str) -> str:
    """A parameter or field, whose name may be a word of the language."""
    return f"{name}_" if name in KEYWORDS else name


def rust_prose(doc: str) -> str:
    """Text for rustdoc: names as links, nothing that Markdown would read as its own."""

    def link(text: str) -> str:
        text = INIT.sub(lambda init: f"brisk_{init[1].lower()}::INIT", text)
        text = re.sub(rf"{NAME.pattern}(::INIT)?", r"[`\g<0>`]", text)
        return ROOT_LINK.sub(r"\g<0>(crate::\1)", text)

    parts = QUOTED.split(re.sub(r"[*\[\]<>]", r"\\\g<0>", doc))
    return "".join(part if QUOTED.fullmatch(part) else link(part) for part in parts)


def rust_docs(paragraphs: Iterable[str], mark: str = "///", indent: str = "") -> str:
    """A documentation comment; a paragraph that begins with a hyphen is a list, an item a line."""
    head = f"{indent}{mark} "
    blocks = []
    for paragraph in filter(None, paragraphs):
        lines = []
        for item in paragraph.split("\n"):
            hanging = "  " if item.startswith("- ") else ""
            first, *rest = wrap(item, WIDTH - len(head) - len(hanging))
            lines += [first, *(hanging + line for line in rest)]
        blocks.append("\n".join(lines))
    text = "\n\n".join(blocks)
    return "\n".join(f"{head}{line}".rstrip() for line in text.split("\n"))


def rust_numbered(texts: Iterable[str]) -> str:
    """A list of rules, laid out by rust_docs."""
    return "\n".join(f"- {rust_prose(text)}" for text in texts)


def rust_params(params: Iterable[Param]) -> str:
    """The parameters whose doc says more than their name does, as a list."""
    rows = [row for row in param_rows(params) if not plain(*row)]
    return "\n".join(f"- `{rust_name(name)}`: {rust_prose(doc)}" for name, doc in rows)


def rust_facts(function: Function) -> str:
    return rust_prose(facts(function))


def rust_function(function: Function) -> str:
    """A declaration in an extern block, without its semicolon."""
    head = f"{INDENT}pub fn {function.c_name}"
    line = _line(head, function.c_params, function.returns)
    if len(line) < WIDTH - (function.returns != "void"):
        return line
    if len(line) < WIDTH:  # rustfmt keeps a column free behind a result
        return line.replace(" -> ", f"\n{INDENT}{INDENT}-> ")
    return _tall(head, function.c_params, function.returns)


def rust_callback(callback: Callback) -> str:
    """The type of a callback, which may be absent; laid out as tightly as its length allows."""
    head = f"pub type {callback.c_name} ="
    function = 'unsafe extern "C" fn'
    line = _line(function, callback.c_params, callback.returns)
    if len(f"{head} Option<{line}>;") <= WIDTH - (callback.returns != "void"):
        return f"{head} Option<{line}>;"
    if len(f"{INDENT}Option<{line}>;") <= WIDTH:
        return f"{head}\n{INDENT}Option<{line}>;"
    body = f"{INDENT}{line}"
    if len(f"{body},") > WIDTH:
        body = _tall(f"{INDENT}{function}", callback.c_params, callback.returns)
    return f"{head} Option<\n{body},\n>;"


def _tall(head: str, params: tuple[CParam, ...], returns: str) -> str:
    """A line for each parameter."""
    lines = [f"{INDENT}{INDENT}{_declaration(param)}," for param in params]
    return "\n".join([f"{head}(", *lines, f"{INDENT}){_returns(returns)}"])


def _line(head: str, params: tuple[CParam, ...], returns: str) -> str:
    return f"{head}({', '.join(map(_declaration, params))}){_returns(returns)}"


def _declaration(param: CParam) -> str:
    return f"{rust_name(param.name)}: {rust_type(param.type)}"


def _returns(c_type: str) -> str:
    return "" if c_type == "void" else f" -> {rust_type(c_type)}"


def rust_init(struct: Struct) -> list[str]:
    """The fields of a struct as a call starts from it."""
    zeros = {"c_void": "core::ptr::null()", "c_char": "core::ptr::null()", "f64": "0.0"}
    fields = ["struct_size: core::mem::size_of::<Self>() as u32"]
    for member in struct.fields[1:]:
        zero = zeros.get(rust_type(member.c.type).split()[-1], "0")
        fields.append(f"{rust_name(member.name)}: {zero}")
    return fields


def rust_number(constant: Constant) -> str:
    """The value of a constant."""
    type_ = rust_type(constant.type)
    limit = 2 ** int(type_[1:]) - 1
    return f"{type_}::MAX" if constant.value == limit else str(constant.value)


def rust_imports(module: Module) -> str:
    """What the types of a module need from elsewhere."""
    calls = (*module.callbacks, *module.functions)
    types = [param.type for call in calls for param in call.c_params]
    types += [call.returns for call in calls if call.returns != "void"]
    types += [member.c.type for struct in module.structs for member in struct.fields]
    words = set(" ".join(map(rust_type, types)).split())
    lines = []
    ffi = sorted(words & {"c_char", "c_void"})
    if ffi:
        names = f"{{{', '.join(ffi)}}}" if len(ffi) > 1 else ffi[0]
        lines.append(f"use core::ffi::{names};")
    if module.handles:
        lines.append("use core::marker::{PhantomData, PhantomPinned};")
    own = {entry.c_name for entry in module.entries}
    if {word for word in words if word.startswith("brisk_")} - own:
        lines += ["", "use crate::*;"]
    return "\n".join(lines)


def rust_abi(model: Model) -> int:
    """The version of the binary interface as one number."""
    return model.abi[0] * 65536 + model.abi[1]


FILTERS: dict[str, Callable[..., object]] = {
    function.__name__: function
    for function in (
        rust_abi,
        rust_callback,
        rust_docs,
        rust_facts,
        rust_function,
        rust_imports,
        rust_init,
        rust_name,
        rust_number,
        rust_numbered,
        rust_params,
        rust_prose,
        rust_type,
    )
}
