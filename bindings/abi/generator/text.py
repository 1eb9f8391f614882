"""Lays text out for templates: comments, tables of members and prototypes, wrapped at 100 columns.

The generator calls no formatter, so what is written here is what stands in the tree.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from generator.cmap import CParam, c_name, macro
from generator.model import Callback, Enum, Function, Handle, Param, Slot, Struct

WIDTH = 100
NAME = re.compile(r"\b(?:brisk|BRISK)_\w+")
Row = tuple[str, str]


def wrap(text: str, width: int = WIDTH) -> list[str]:
    """Breaks text at spaces alone."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def comments(paragraphs: Iterable[str], indent: str = "") -> str:
    """A documentation comment; a paragraph that holds line breaks is laid out already."""
    width = WIDTH - len(indent)
    filled = [p.rstrip() for p in paragraphs if p]
    if len(filled) == 1 and "\n" not in filled[0] and len(filled[0]) + len("/**  */") <= width:
        return f"{indent}/** {filled[0]} */"
    blocks = [p.split("\n") if "\n" in p else wrap(p, width - len(" * ")) for p in filled]
    lines = "\n\n".join("\n".join(block) for block in blocks).split("\n")
    return "\n".join(
        [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"]
    )


def numbered(texts: Iterable[str]) -> str:
    """A numbered list for a comment."""
    lines = []
    for number, text in enumerate(texts, 1):
        head = f"{number:2}. "
        first, *rest = wrap(text, WIDTH - len(" * ") - len(head))
        lines += [head + first, *(" " * len(head) + line for line in rest)]
    return "\n".join(lines)


def members(rows: Iterable[Row]) -> str:
    """Declarations, each with its documentation to the right, wrapped within its column."""
    rows = list(rows)
    column = max(len(declaration) for declaration, _ in rows) + len("  ") + 1
    lines = []
    for declaration, doc in rows:
        # Room for the end of the comment is kept on every line, so that it never stands alone.
        first, *rest = wrap(doc, WIDTH - column - len("/**<  */"))
        lines.append(f"{'  ' + declaration:<{column}}/**< {first}")
        lines += [" " * (column + len("/**< ")) + line for line in rest]
        lines[-1] += " */"
    return "\n".join(lines)


def enum_rows(enum: Enum) -> list[Row]:
    return [(f"{value.c_name} = {value.value},", value.doc) for value in enum.values]


def struct_rows(struct: Struct) -> list[Row]:
    return [(f"{member.c.declaration};", member.doc) for member in struct.fields]


def prototype(function: Function) -> str:
    """A declaration without its semicolon, continued below its first parameter."""
    declaration = CParam(function.c_name, function.returns).declaration
    return call(f"{declaration}(", function.c_params)


def exported(function: Function) -> str:
    """The same for a header."""
    declaration = CParam(function.c_name, function.returns).declaration
    return call(f"BRISK_API {declaration}(", function.c_params)


def callback_type(callback: Callback) -> str:
    return call(f"typedef {callback.returns} (*{callback.c_name})(", callback.c_params)


def signature(function: Function) -> str:
    """A member that points to a function of this type."""
    declaration = CParam(f"(*{function.c_name})", function.returns).declaration
    return call(f"  {declaration}(", function.c_params)


def slot(member: Slot) -> str:
    """A member of a table, without its semicolon."""
    declaration = CParam(f"(*{member.name})", member.returns).declaration
    return call(f"  {declaration}(", member.c_params)


def slot_comment(member: Slot) -> str:
    """What a member of a table does, and whether it may be absent."""
    said = []
    if member.outcomes:
        said.append(f"Outcomes: {', '.join(map(macro, member.outcomes))}.")
    said.append(f"Since {member.since}{', optional' if member.optional else ''}.")
    docs = param_docs(member.params, "  ")
    return comments([member.doc, docs, " ".join(said)], "  ")


def slot_version(member: Slot) -> str:
    """The version of the driver interface that brought a member, as one number."""
    major, minor = member.version
    return f"{major}u * 65536u + {minor}u"


def call(head: str, params: tuple[CParam, ...]) -> str:
    parts = [param.declaration for param in params] or ["void"]
    lines = [head]
    for number, part in enumerate(parts, 1):
        text = part + (")" if number == len(parts) else ",")
        joined = lines[-1] + ("" if lines[-1].endswith("(") else " ") + text
        # One column stays free for the semicolon.
        if len(joined) < WIDTH or lines[-1].endswith("("):
            lines[-1] = joined
        else:
            lines.append(" " * len(head) + text)
    return "\n".join(lines)


def facts(function: Function) -> str:
    """What a caller has to know beyond the doc, in one line of short sentences."""
    said = []
    if function.outcomes:
        said.append(f"Outcomes: {', '.join(map(macro, function.outcomes))}.")
    if function.errors:
        said.append(f"Fails with {', '.join(map(macro, function.errors))}.")
    said.append({"any": "Any thread.", "handle": "One thread at a time."}[function.thread])
    if function.blocks:
        timed = any(param.name == "timeout_ns" for param in function.params)
        said.append("Blocks up to its timeout." if timed else "May block.")
    if function.walks:
        said.append("Walks over all entries.")
    if function.calls_back:
        said.append("Calls back outside every lock.")
    if function.implicit:
        said.append("Never fails, never blocks.")
    return " ".join(said)


def param_rows(params: Iterable[Param]) -> list[Row]:
    """Each parameter with its doc; a callback stands for its user data and destroy function too."""
    rows = []
    for param in params:
        doc = param.doc
        if param.kind == "struct":
            doc += f" Start from {macro(f'{param.target}_init')}."
        rows.append((param.name, doc))
        if param.kind == "callback":
            rows.append(("user", f"Handed to {param.name} as it is."))
            rows.append(("destroy", "Releases user; may be NULL."))
    return rows


def param_docs(params: Iterable[Param], indent: str = "") -> str:
    """The parameters whose doc says more than their name does."""
    rows = [row for row in param_rows(params) if not plain(*row)]
    if not rows:
        return ""
    column = len("@param ") + max(len(name) for name, _ in rows) + 2
    lines = []
    for name, doc in rows:
        first, *rest = wrap(doc, WIDTH - len(indent) - len(" * ") - column)
        lines.append(f"{'@param ' + name:<{column}}{first}")
        lines += [" " * column + line for line in rest]
    return "\n".join(lines)


def plain(name: str, doc: str) -> bool:
    return doc.lower() in (f"the {name}.", f"a {name}.", f"receives the {name}.")


def handle_facts(handle: Handle) -> str:
    """How a handle is held and ended."""
    unref = c_name(f"{handle.name}_unref")
    if handle.kind == "owner":
        return f"Has one owner, who releases it with {unref}."
    close = f"; {c_name(handle.close)} ends its work" if handle.close else ""
    return f"Counted by {c_name(f'{handle.name}_ref')} and {unref}{close}."


def enum_facts(enum: Enum) -> str:
    return "Later versions may add values." if enum.open else ""


def init_macro(struct: Struct) -> str:
    """The initializer: positional and complete, which alone compiles cleanly in C and in C++."""
    values = [f"(uint32_t)sizeof({struct.c_name})", *(member.zero for member in struct.fields[1:])]
    head = f"#define {struct.init}"
    value = f"{{{', '.join(values)}}}"
    if len(head) + 1 + len(value) <= WIDTH:
        return f"{head} {value}"
    first, *rest = wrap(value, WIDTH - len("   ") - len(" \\"))
    return " \\\n".join([head, f"  {first}", *(f"   {line}" for line in rest)])


def prose(doc: str) -> str:
    """Text for Markdown, also inside a table: names as code, no emphasis, no cells."""
    return NAME.sub(r"`\g<0>`", re.sub(r"[*|]", r"\\\g<0>", doc))


def parameter_table(params: Iterable[Param]) -> str:
    """The parameters as a table."""
    rows = [f"| `{name}` | {prose(doc)} |" for name, doc in param_rows(params)]
    return "\n".join(["| parameter | |", "|---|---|", *rows])


def number(type_: str, value: int) -> str:
    """A literal of a constant of the interface."""
    limits = {("uint64_t", 2**64 - 1): "UINT64_MAX", ("uint32_t", 2**32 - 1): "UINT32_MAX"}
    bits = type_.removeprefix("uint").removesuffix("_t")
    return limits.get((type_, value), f"UINT{bits}_C({value})")


FILTERS = {
    function.__name__: function
    for function in (
        callback_type,
        comments,
        enum_facts,
        enum_rows,
        exported,
        facts,
        handle_facts,
        init_macro,
        members,
        number,
        numbered,
        param_docs,
        parameter_table,
        prose,
        prototype,
        signature,
        slot,
        slot_comment,
        slot_version,
        struct_rows,
    )
}
