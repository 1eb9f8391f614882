"""The raw layer in Python: its files, and the words that they are made of.

A function whose first parameter is a handle that must be there is a method of it; every other one
is a function of the module. What a parameter of each kind becomes in C stands in python_parts.py.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable

from generator import python_parts
from generator.model import Function, Handle, Model, Module, Struct
from generator.python_parts import hides, title
from generator.source import SpecError
from generator.template import Output
from generator.text import WIDTH, wrap

HOME = "bindings/python"
OUTPUTS: tuple[Output, ...] = (
    Output("python_tables.h.j2", f"{HOME}/native/tables.h"),
    Output("python_failures.inc.j2", f"{HOME}/native/failures.inc"),
    Output("python_module.c.j2", f"{HOME}/native/{{module}}.c"),
    Output("python_stub.pyi.j2", f"{HOME}/src/brisk/_brisk.pyi"),
)

# What the exception of a failure is called where its status would not do, and what else it is.
CALLED = {"INVALID": "InvalidArgument"}
ALSO = {
    "INVALID": "ValueError",
    "TOO_LARGE": "ValueError",
    "OUT_OF_MEMORY": "MemoryError",
}
# The types of results that are no int.
HINTS = {"text": "str", "f64": "float", "cpointer": "bytes | None"}


def failures(model: Model) -> list[tuple[str, str, str, str]]:
    """The exceptions: name, C name of the status, the other base or nothing, doc."""
    status = next(e for m in model.modules for e in m.enums if e.name == "status")
    return [
        (CALLED.get(v.name, title(v.name)), v.c_name, ALSO.get(v.name, ""), v.doc)
        for v in status.values
        if v.value < 0
    ]


def why_not(function: Function) -> str:
    """Why a function is not in the raw layer, empty when it is."""
    if function.implicit:
        return "what it does, the objects do by themselves"
    if function.calls_back or any(p.kind == "callback" for p in function.params):
        return "what calls into Python is written by hand; loads are by lease"
    if any(p.type == "handle.error" for p in function.params):
        return "errors are exceptions"
    if hides(function):
        return "the object has the buffer protocol"
    return ""


def wrapped(functions: Iterable[Function]) -> list[Function]:
    """The functions that the raw layer has."""
    return [function for function in functions if not why_not(function)]


def left_out(functions: Iterable[Function]) -> list[tuple[str, str]]:
    """The others, each with the reason."""
    return [(f.c_name, why_not(f)) for f in functions if why_not(f)]


def owner(function: Function) -> str:
    """The handle that a function is a method of; empty for a function of the module."""
    first = function.params[0] if function.params else None
    if first is None or first.kind != "handle" or first.out or first.nullable:
        return ""
    return first.target


def methods(model: Model, handle: Handle) -> list[Function]:
    return [f for f in wrapped(model.functions) if owner(f) == handle.name]


def is_abroad(model: Model, function: Function) -> bool:
    """Whether a function is a method of a handle that another module of the interface defines."""
    of = {handle.name: handle.module for handle in handles(model)}
    return of.get(owner(function), function.module) != function.module


def plain(functions: Iterable[Function]) -> list[Function]:
    """The functions of the module."""
    return [function for function in wrapped(functions) if not owner(function)]


def called(function: Function) -> str:
    """The name in Python: of a method without that of its handle."""
    name = function.name.removeprefix(f"{owner(function)}_") if owner(function) else function.name
    return _safe(name)


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def exposes(model: Model, handle: Handle) -> str:
    """The function that gives the bytes of a handle, empty where it has none."""
    found = [f.c_name for f in model.functions if hides(f) and f.params[0].target == handle.name]
    return found[0] if found else ""


def handles(model: Model) -> list[Handle]:
    """The handles that programs hold."""
    return [h for m in model.modules for h in m.handles if h.name != "error"]


def numbers(module: Module) -> list[tuple[str, str]]:
    """Names in Python and in C of the values of all enums."""
    return [(_bare(v.c_name), v.c_name) for enum in module.enums for v in enum.values]


def _bare(c_name: str) -> str:
    return c_name.removeprefix("BRISK_")


def arguments(function: Function) -> list[str]:
    """The names of the arguments in Python."""
    return [part.name for part in python_parts.parts(function) if part.take]


def body(function: Function) -> str:
    """The statements of a wrapper: take the arguments, call, make the answer, let go."""
    found = python_parts.parts(function)
    method = bool(owner(function))
    takes = [part for part in found if part.take]
    lines = [f"{line};" for part in found for line in part.locals]
    if function.fallible:
        lines += ["brisk_error *error = NULL;", "brisk_status status = BRISK_OK;"]
    lines += ["PyObject *result = NULL;"]
    lines += [f'if (!raw_arguments("{called(function)}", count, {len(takes)})) goto done;']
    for at, part in enumerate(takes):
        lines += [f"if (!{part.take.format(at=at)}) goto done;"]
    for part in found:
        lines += part.prepare
    given = [text for part in found for text in part.given]
    call = f"{function.c_name}({', '.join(['raw_self(self)'] * method + given)}"
    lines += _guarded(function, found, call)
    if function.fallible:
        bad = "status < 0" if function.outcomes else "status != BRISK_OK"
        lines += [f"if ({bad}) {{", "  raw_raise(status, error);", "  goto done;", "}"]
    lines += [*filled(f"result = {_answer(function, found)};"), "done:"]
    lines += [f"{line};" for part in found for line in part.drop]
    lines += ["return result;"]
    return "\n".join(line if line == "done:" else f"  {line}" for line in lines)


def _guarded(function: Function, found: list[python_parts.Part], call: str) -> list[str]:
    """The call, without the GIL where it may take long."""
    sizes = [part.input for part in found if part.input]
    long = function.blocks or function.walks
    if function.thread == "handle" and long:
        raise SpecError([f"{function.name}: Python cannot keep other threads from a long call"])
    if function.fallible:
        text = f"status = {call}{', ' if not call.endswith('(') else ''}&error);"
    else:
        text = f"{call});" if function.returns == "void" else f"returned = {call});"
    if function.thread == "handle" or not (long or sizes):
        return filled(text)
    when = "1" if long else f"raw_is_large({' + '.join(sizes)})"
    release = f"PyThreadState *const thread = raw_release({when});"
    call_lines = [f"  {line}" for line in filled(text, 4)]
    return ["{", f"  {release}", *call_lines, "  raw_retake(thread);", "}"]


def _answer(function: Function, found: list[python_parts.Part]) -> str:
    results = [part.result for part in found if part.result]
    if function.outcomes:
        results.insert(0, "PyLong_FromLong(status)")
    if not function.fallible and function.returns_type:
        results.insert(0, python_parts.returned(function))
    if len(results) > 1:
        return f"raw_tuple({len(results)}, {', '.join(results)})"
    return results[0] if results else "raw_none()"


def filled(text: str, indent: int = 2) -> list[str]:
    """A statement; a long one is broken as the formatter breaks it."""
    if indent + len(text) <= WIDTH:
        return [text]
    straight = _continued(text, indent)
    target, assigns, value = text.partition(" = ")
    if not assigns or "(" in target:
        return straight
    broken = [f"{target} =", *(f"    {line}" for line in filled(value, indent + 4))]
    return min(broken, straight, key=len)


def _continued(text: str, indent: int) -> list[str]:
    """A statement broken after commas and continued below its first parenthesis."""
    head, tail = text[: text.index("(") + 1], text[text.index("(") + 1 :]
    lines = [head]
    for piece in tail.replace(", ", ",\n").split("\n"):
        joined = lines[-1] + ("" if lines[-1].endswith("(") else " ") + piece
        if indent + len(joined) <= WIDTH:
            lines[-1] = joined
        else:
            lines.append(" " * len(head) + piece)
    return lines


def statement(text: str) -> str:
    """The same for a template, at the left margin."""
    return "\n".join(filled(text, 0))


def documented(name: str, doc: str) -> str:
    """A member of a table that gives a name its text, laid out like the formatter does."""
    line = f'    {{{name}, "{doc}"}},'
    if len(line) <= WIDTH:
        return line
    return f"    {{{name},\n{literal(doc, 5)}}},"


def literal(doc: str, indent: int = 4) -> str:
    """A text as a C literal, on as many lines as it takes."""
    rows = wrap(doc, WIDTH - indent - len('"" "') - 1)
    if indent + len(doc) + len('""},') <= WIDTH:
        rows = [doc]
    ends = [f"{row} " for row in rows[:-1]] + rows[-1:]
    return "\n".join(f'{" " * indent}"{row}"' for row in ends)


def doc_literal(function: Function) -> str:
    """The documentation as Python shows it, as lines of a C literal."""
    names = [*(["$self"] if owner(function) else []), *arguments(function)]
    head = f"{called(function)}({', '.join([*names, '/'] if names else [])})"
    rows = [head, "--", "", *wrap(function.doc, 84)]
    quoted = [row.replace("\\", "\\\\").replace('"', '\\"') for row in rows]
    return "\n".join(f'    "{row}\\n"' for row in quoted[:-1]) + f'\n    "{quoted[-1]}"'


def options_of(model: Model, module: Module) -> list[Struct]:
    """The structs of a module that calls take."""
    return _structs(model, module, out=False)


def figures_of(model: Model, module: Module) -> list[Struct]:
    """The structs of a module that calls give."""
    return _structs(model, module, out=True)


def _structs(model: Model, module: Module, out: bool) -> list[Struct]:
    params = [p for f in wrapped(model.functions) for p in f.params if p.kind == "struct"]
    used = {param.target for param in params if param.out == out}
    return [struct for struct in module.structs if struct.name in used]


def comment(text: str) -> str:
    """A comment of one or more lines."""
    if len(text) + len("/*  */") <= WIDTH:
        return f"/* {text} */"
    return "\n".join(["/*", *(f" * {line}" for line in wrap(text, WIDTH - 3)), " */"])


def declared(function: Function) -> str:
    """The declaration in the stub."""
    method = bool(owner(function))
    found = [part for part in python_parts.parts(function) if part.take]
    named = [f"{_safe(part.name)}: {part.hint}" for part in found]
    params = [*(["self"] if method else []), *named]
    if found:
        params.append("/")
    indent = "    " if method else ""
    answer = hint(function)
    line = f"{indent}def {called(function)}({', '.join(params)}) -> {answer}:"
    if len(line) > WIDTH:
        rows = "".join(f"{indent}    {param},\n" for param in params)
        line = f"{indent}def {called(function)}(\n{rows}{indent}) -> {answer}:"
    return f"{line}\n{docstring(function.doc, len(indent) + 4)}"


def hint(function: Function) -> str:
    """The type of the answer in Python."""
    results = [part.answer for part in python_parts.parts(function) if part.result]
    if function.outcomes or (not function.fallible and function.returns_type):
        own = "" if function.fallible else function.returns_type or ""
        results.insert(0, HINTS.get(own, "int"))
    if len(results) > 1:
        return f"tuple[{', '.join(results)}]"
    return results[0] if results else "None"


def docstring(text: str, indent: int) -> str:
    """A docstring of one line, or of a paragraph."""
    pad = " " * indent
    safe = text.replace("\\", "\\\\")
    if safe.endswith('"'):
        safe += " "
    if len(pad) + len(safe) + 6 <= WIDTH:
        return f'{pad}"""{safe}"""'
    lines = wrap(safe, WIDTH - indent - 3)
    if len(lines) == 1:  # the closing quotes belong on its line, where there is no room for them
        lines = wrap(safe, WIDTH - indent - 6)
    return "\n".join([f'{pad}"""{lines[0]}', *(f"{pad}{line}" for line in lines[1:]), f'{pad}"""'])


FILTERS: dict[str, Callable[..., object]] = {
    f"py_{function.__name__}": function
    for function in (
        arguments,
        body,
        called,
        comment,
        declared,
        documented,
        doc_literal,
        docstring,
        exposes,
        failures,
        figures_of,
        handles,
        is_abroad,
        left_out,
        literal,
        methods,
        numbers,
        options_of,
        owner,
        plain,
        statement,
        title,
        wrapped,
    )
} | {"py_bare": _bare, **python_parts.FILTERS}
