"""What each kind of parameter becomes in a wrapper of the raw layer in Python.

Raises SpecError for a shape that has no form in Python yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from generator import cmap
from generator.model import Field, Function, Model, Param, Struct
from generator.source import SpecError

HINTS = {"f64": "float"}
NUMBERS = {
    "u32": "PyLong_FromUnsignedLong({})",
    "u64": "PyLong_FromUnsignedLongLong({})",
    "i32": "PyLong_FromLong({})",
    "size": "PyLong_FromSize_t({})",
    "f64": "PyFloat_FromDouble({})",
    "enum": "PyLong_FromLong({})",
    "text": "raw_string({})",
}
# The variables of a wrapper itself.
WRAPPER = {"self", "args", "count", "error", "status", "result", "returned", "thread"}
# Names that the surface of the languages gives to figures of C.
ALIASES = {"held_bytes": "bytes_held"}


@dataclass(frozen=True)
class Part:
    """One parameter of a function in its wrapper, as C text; take, when there is an argument."""

    name: str
    given: list[str]  # what C is called with
    locals: list[str] = field(default_factory=list)
    take: str = ""  # true when argument {at} was taken
    hint: str = ""  # the type of the argument
    prepare: list[str] = field(default_factory=list)  # between taking and calling
    input: str = ""  # how many bytes it brings along
    result: str = ""  # an expression that makes an object
    answer: str = ""  # the type of that
    drop: list[str] = field(default_factory=list)


def title(name: str) -> str:
    """cache_stats and LOAD_FAILED as names of classes."""
    return "".join(word.capitalize() for word in name.lower().split("_"))


def handle_class(name: str) -> str:
    return f"{title(name)}Handle"


def hides(function: Function) -> bool:
    """Whether a function gives the bytes of a handle, which is then a buffer itself."""
    shape = [(param.kind, param.out) for param in function.params]
    return function.returns_type == "cpointer" and shape == [("handle", False), ("size", True)]


def is_copied(function: Function) -> bool:
    """Whether a function returns the address of bytes whose size it gives out."""
    sizes = [p for p in function.params if p.type == "size" and p.out]
    return function.returns_type == "cpointer" and [p.name for p in sizes] == ["size"]


def returned(function: Function) -> str:
    """The result of a function that cannot fail, as an object."""
    if is_copied(function):
        return "raw_copy(returned, size)"
    return _number(function.name, "its result", function.returns_type or "", "returned")


def parts(function: Function) -> list[Part]:
    """All parameters but the one that the function is a method of."""
    first, params = function.params[:1], function.params
    if any(param.kind == "handle" and not param.out and not param.nullable for param in first):
        params = params[1:]
    params = tuple(
        replace(p, name=_local(p.name), count=p.count and _local(p.count)) for p in params
    )
    counts = _counted(params)
    found = [_told(_part(function, param, counts)) for param in params]
    if not function.outcomes:  # then a handle is there unless it was not wanted
        found = [
            replace(part, answer=part.answer if part.take else part.answer.removesuffix(" | None"))
            for part in found
        ]
    if is_copied(function):
        found = [replace(part, result="") if part.name == "size" else part for part in found]
    if not function.fallible and function.returns_type:
        c_type = cmap.value_type(function.returns_type)[0]
        head = Part("", [], [f"{cmap.CParam('returned', c_type).declaration} = 0"])
        found.insert(0, head)
    return found


def _local(name: str) -> str:
    """The variable of a parameter, told apart from those of the wrapper."""
    return f"{name}_" if name in WRAPPER else name


def _told(part: Part) -> Part:
    """A part whose variable was renamed, under the name that programs see."""
    name = part.name.removesuffix("_") if part.name.removesuffix("_") in WRAPPER else part.name
    return replace(part, name=name, take=part.take.replace(f'"{part.name}"', f'"{name}"'))


def _counted(params: Iterable[Param]) -> dict[str, list[str]]:
    """The sizes that arrays which are given in tell by their length, and these arrays."""
    counts: dict[str, list[str]] = {}
    for param in params:
        if param.kind == "array" and not param.out and param.count:
            counts.setdefault(param.count, []).append(param.name)
    return counts


def _part(function: Function, param: Param, counts: dict[str, list[str]]) -> Part:
    make = (_OUT if param.out else _IN).get(param.kind)
    if param.name in counts:
        make = _length
    if make is None:
        way = "out" if param.out else "in"
        shape = f"{function.name}.{param.name}: {param.type}, {way}"
        raise SpecError([f"{shape}: has no form in Python; write one in python_parts.py"])
    return make(param, counts)


def _number(where: str, name: str, spec_type: str, value: str) -> str:
    form = NUMBERS.get(cmap.split(spec_type)[0])
    if form is None:
        raise SpecError([f"{where}: {name}: {spec_type} has no form in Python"])
    return form.format(value)


def _scalar_in(param: Param, counts: dict[str, list[str]]) -> Part:
    kind = "i32" if param.kind == "enum" else param.kind
    c_type = cmap.value_type(param.type)[0]
    return Part(
        param.name,
        [param.name],
        [f"{c_type} {param.name} = 0"],
        f'raw_{kind}(args[{{at}}], "{param.name}", &{param.name})',
        HINTS.get(param.kind, "int"),
    )


def _text_in(param: Param, counts: dict[str, list[str]]) -> Part:
    take = f'raw_text(args[{{at}}], "{param.name}", &{param.name})'
    return Part(param.name, [param.name], [f"const char *{param.name} = NULL"], take, "str")


def _bytes_in(param: Param, counts: dict[str, list[str]]) -> Part:
    return _view(param, f'raw_bytes(args[{{at}}], "{param.name}", &{param.name})', "Bytes")


def _buffer_in(param: Param, counts: dict[str, list[str]]) -> Part:
    take = f'raw_buffer(args[{{at}}], "{param.name}", &{param.name})'
    return _view(param, take, "WriteableBuffer")


def _view(param: Param, take: str, hint: str) -> Part:
    name = param.name
    drop = [f"raw_drop(&{name})"]
    given = [f"{name}.data", f"{name}.size"]
    return Part(
        name, given, [f"RawView {name} = {{0}}"], take, hint, input=f"{name}.size", drop=drop
    )


def _array_in(param: Param, counts: dict[str, list[str]]) -> Part:
    name = param.name
    item = cmap.SCALARS[param.target][0]
    take = f'raw_array(args[{{at}}], "{name}", sizeof({item}), &{name})'
    first, *others = counts[param.count or ""]
    agree = f'raw_agree("{first}", {first}.size, "{name}", {name}.size)'
    return Part(
        name,
        [f"{name}.data"],
        [f"RawView {name} = {{0}}"],
        take,
        "ReadableBuffer",
        [f"if (!{agree}) goto done;"] if name in others else [],
        drop=[f"raw_drop(&{name})"],
    )


def _length(param: Param, counts: dict[str, list[str]]) -> Part:
    return Part(param.name, [f"{counts[param.name][0]}.size"])


def _handle_in(param: Param, counts: dict[str, list[str]]) -> Part:
    name, target = param.name, param.target
    given = f"RAW_{target.upper()}, {int(param.nullable)}, &{name}"
    hint = handle_class(target)
    return Part(
        name,
        [name],
        [f"void *{name} = NULL"],
        f'raw_handle(args[{{at}}], "{name}", {given})',
        f"{hint} | None" if param.nullable else hint,
    )


def _struct_in(param: Param, counts: dict[str, list[str]]) -> Part:
    name, target = param.name, param.target
    locals_ = [
        f"{cmap.c_name(target)} {name} = {cmap.macro(target)}_INIT",
        f"RawView {name}_views[RAW_VIEWS] = {{{{0}}}}",
    ]
    return Part(
        name,
        [f"&{name}"],
        locals_,
        f"take_{target}(args[{{at}}], &{name}, {name}_views)",
        "dict[str, Any] | None",
        drop=[f"raw_drop_all({name}_views)"],
    )


def _scalar_out(param: Param, counts: dict[str, list[str]]) -> Part:
    c_type = cmap.value_type(param.type)[0]
    return Part(
        param.name,
        [f"&{param.name}"],
        [f"{c_type} {param.name} = 0"],
        result=_number(param.name, "its type", param.type, param.name),
        answer=HINTS.get(param.kind, "int"),
    )


def _handle_out(param: Param, counts: dict[str, list[str]]) -> Part:
    """A handle; where C takes NULL for it, an argument says whether it is wanted."""
    name, target = param.name, param.target
    wanted = f"{name}_wanted"
    return Part(
        name,
        [f"{wanted} ? &{name} : NULL" if param.nullable else f"&{name}"],
        [f"{cmap.c_name(target)} *{name} = NULL", *([f"int {wanted} = 0"] * param.nullable)],
        f'raw_wanted(args[{{at}}], "{name}", &{wanted})' if param.nullable else "",
        "bool",
        result=f"raw_wrap(RAW_{target.upper()}, {name})",
        answer=f"{handle_class(target)} | None",
    )


def _many_out(param: Param, counts: dict[str, list[str]]) -> Part:
    """An array that C fills: of numbers, or of handles."""
    name, count = param.name, param.count or ""
    length = f"{counts[count][0]}.size" if count in counts else count
    if param.kind == "handles":
        c_type = f"{cmap.c_name(param.target)} *"
        result = f"raw_wrap_all(RAW_{param.target.upper()}, (void **){name}, {length})"
        answer = f"list[{handle_class(param.target)} | None]"
    else:
        c_type = f"{cmap.SCALARS[param.target][0]} "
        result = f"raw_{param.target}_list({name}, {length})"
        answer = f"list[{HINTS.get(param.target, 'int')}]"
    make = f"if (!({name} = raw_new({length}, sizeof *{name}))) goto done;"
    return Part(
        name,
        [name],
        [f"{c_type}*{name} = NULL"],
        prepare=[make],
        result=result,
        answer=answer,
        drop=[f"PyMem_Free({name})"],
    )


def _struct_out(param: Param, counts: dict[str, list[str]]) -> Part:
    name, target = param.name, param.target
    return Part(
        name,
        [f"&{name}"],
        [f"{cmap.c_name(target)} {name} = {cmap.macro(target)}_INIT"],
        result=f"give_{target}(&{name})",
        answer=title(target),
    )


Maker = Callable[[Param, dict[str, list[str]]], Part]
_IN: dict[str, Maker] = {
    **dict.fromkeys((*cmap.SCALARS, "enum"), _scalar_in),
    "text": _text_in,
    "bytes": _bytes_in,
    "buffer": _buffer_in,
    "array": _array_in,
    "handle": _handle_in,
    "struct": _struct_in,
}
_OUT: dict[str, Maker] = {
    **dict.fromkeys((*cmap.SCALARS, "enum"), _scalar_out),
    "handle": _handle_out,
    "handles": _many_out,
    "array": _many_out,
    "struct": _struct_out,
}


def visible(struct: Struct) -> list[Field]:
    """The members that programs see: without sizes that other members tell, and spare room."""
    lengths = {member.length for member in struct.fields}
    hidden = {"struct_size", "reserved", *lengths}
    return [member for member in struct.fields if member.name not in hidden]


def take_member(member: Field) -> str:
    """A condition that is true when a member of a dict was taken into a struct."""
    kind = cmap.split(member.type)[0]
    if kind == "cbytes":
        length = next(c for c in (member.length,) if c)
        return f'raw_member(item, "{member.name}", views, &to->{member.name}, &to->{length})'
    kind = "i32" if kind == "enum" else kind
    return f'raw_{kind}(item, "{member.name}", &to->{member.name})'


def give_member(struct: Struct, member: Field) -> str:
    """A member of a struct as an object."""
    return _number(struct.name, member.name, member.type, f"from->{member.name}")


def aliases(struct: Struct) -> list[tuple[str, Field]]:
    """Further names of members."""
    return [(ALIASES[m.name], m) for m in struct.fields if m.name in ALIASES]


def member_hint(member: Field) -> str:
    """The type of a member in Python."""
    return HINTS.get(member.type, "int")


def most_views(model: Model) -> int:
    """How many members of one struct refer to bytes, at the most; at least one."""
    structs = [struct for module in model.modules for struct in module.structs]
    return max([1, *(sum(m.type == "cbytes" for m in s.fields) for s in structs)])


FILTERS: dict[str, Callable[..., object]] = {
    f"py_{function.__name__}": function
    for function in (
        aliases,
        give_member,
        handle_class,
        member_hint,
        most_views,
        take_member,
        visible,
    )
}
