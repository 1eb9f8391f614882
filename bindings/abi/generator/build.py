"""Makes the model from the documents of the spec.

Fails on what would make the C text wrong: unknown or invisible types, one name for two things,
padding.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from generator import cmap
from generator.cmap import CParam
from generator.model import (
    MACROS,
    Callback,
    Constant,
    Enum,
    EnumValue,
    Field,
    Function,
    Handle,
    Model,
    Module,
    Param,
    Slot,
    Struct,
    Table,
)
from generator.source import SpecError

LIMITS = {"UINT32_MAX": 2**32 - 1, "UINT64_MAX": 2**64 - 1}


def build(version: dict[str, Any], documents: list[dict[str, Any]]) -> Model:
    """Returns the model, its modules ordered so that what is included comes first."""
    ordered = _in_include_order({document["module"]: document for document in documents})
    abi = (version["abi"][0], version["abi"][1])
    since = f"{abi[0]}.{abi[1]}"
    modules = [_module(document, since) for document in ordered]
    model = Model(
        version["library"],
        abi,
        tuple(module for module in modules if module.surface == "library"),
        tuple(module for module in modules if module.surface == "driver"),
    )
    problems = _padding(model) + _clashes(model) + _unresolved(model)
    if problems:
        raise SpecError(problems)
    return model


def _in_include_order(documents: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    ordered: list[dict[str, Any]] = []
    waiting = dict(documents)
    while waiting:
        done = {document["module"] for document in ordered}
        ready = [d for d in waiting.values() if done.issuperset(d.get("includes", []))]
        if not ready:
            names = ", ".join(waiting)
            raise SpecError([f"{names}: includes name unknown modules, or go in a circle"])
        ordered.append(waiting.pop(ready[0]["module"]))
    return ordered


def _module(document: dict[str, Any], since: str) -> Module:
    at = document["module"]
    handles = tuple(
        Handle(**_common(name, at, d), kind=d["kind"], close=d.get("close"))
        for name, d in document.get("handles", {}).items()
    )
    explicit = [_function(name, at, d) for name, d in document.get("functions", {}).items()]
    implicit = [
        f for handle in handles for f in _references(handle, _since(handle, explicit, since))
    ]
    return Module(
        name=at,
        title=document["title"],
        doc=document["doc"],
        surface=document.get("surface", "library"),
        includes=tuple(document.get("includes", [])),
        rules=tuple(document.get("rules", [])),
        constants=tuple(
            Constant(
                **{**_common(name, at, d), "c_name": cmap.macro(name)},
                type=cmap.value_type(d["type"])[0],
                value=LIMITS.get(d["value"], d["value"]),
            )
            for name, d in document.get("constants", {}).items()
        ),
        enums=tuple(_enum(name, at, d) for name, d in document.get("enums", {}).items()),
        handles=handles,
        callbacks=tuple(
            Callback(
                **_common(name, at, d),
                returns=_returns(d),
                returns_type=_returned(d),
                params=_params(d),
            )
            for name, d in document.get("callbacks", {}).items()
        ),
        structs=tuple(_struct(name, at, d) for name, d in document.get("structs", {}).items()),
        tables=tuple(_table(name, at, d) for name, d in document.get("tables", {}).items()),
        functions=(*explicit, *implicit),
        exports=tuple(_function(name, at, d) for name, d in document.get("exports", {}).items()),
    )


def _common(name: str, module: str, d: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "c_name": cmap.c_name(name),
        "module": module,
        "state": d.get("state", "unstable"),
        "doc": d["doc"],
    }


def _enum(name: str, module: str, d: dict[str, Any]) -> Enum:
    values = tuple(
        EnumValue(value, cmap.enum_constant(name, value), v["value"], v["doc"])
        for value, v in d["values"].items()
    )
    return Enum(**_common(name, module, d), open=d["open"], values=values)


def _struct(name: str, module: str, d: dict[str, Any]) -> Struct:
    init = cmap.macro(f"{name}_init")
    members = {"struct_size": {"type": "u32", "doc": f"Set by {init}."}, **d["fields"]}
    fields = []
    offset = 0
    for member, f in members.items():
        c_type, size = cmap.value_type(f["type"])
        c = CParam(member, c_type)
        fields.append(Field(member, f["type"], c, size, offset, f.get("length"), f["doc"]))
        offset += size
    return Struct(**_common(name, module, d), out=d.get("out", False), fields=tuple(fields))


def _table(name: str, module: str, d: dict[str, Any]) -> Table:
    slots = tuple(
        Slot(
            name=slot,
            since=s["since"],
            optional=s.get("optional", False),
            doc=s["doc"],
            returns=_returns(s),
            params=_params(s),
            fallible=s.get("fallible", False),
            outcomes=tuple(s.get("outcomes", [])),
        )
        for slot, s in d["slots"].items()
    )
    return Table(**_common(name, module, d), slots=slots)


def _params(d: dict[str, Any]) -> tuple[Param, ...]:
    return tuple(
        Param(
            name=name,
            type=p["type"],
            out="dir" in p,
            nullable=p.get("nullable", False),
            const=p.get("const", False),
            transfer=p.get("transfer"),
            count=p.get("count"),
            doc=p["doc"],
            c=cmap.expand(name, p["type"], "dir" in p, p.get("const", False)),
        )
        for name, p in d.get("params", {}).items()
    )


def _returns(d: dict[str, Any]) -> str:
    if d.get("fallible"):
        return cmap.c_name("status")
    return cmap.value_type(d["returns"])[0] if "returns" in d else "void"


def _returned(d: dict[str, Any]) -> str | None:
    return "enum.status" if d.get("fallible") else d.get("returns")


def _function(name: str, module: str, d: dict[str, Any]) -> Function:
    return Function(
        **_common(name, module, d),
        since=d["since"],
        thread=d["thread"],
        returns=_returns(d),
        returns_type=_returned(d),
        params=_params(d),
        blocks=d.get("blocks", False),
        calls_back=d.get("calls_back", False),
        walks=d.get("walks", False),
        fallible=d.get("fallible", False),
        borrowed_from=d.get("borrowed_from"),
        outcomes=tuple(d.get("outcomes", [])),
        errors=tuple(d.get("errors", [])),
    )


def _since(handle: Handle, functions: list[Function], now: str) -> str:
    """A handle is as old as the first function of its module that knows it."""
    known = [f.since for f in functions if f"handle.{handle.name}" in (p.type for p in f.params)]
    return min(known, key=lambda since: tuple(map(int, since.split("."))), default=now)


def _references(handle: Handle, since: str) -> list[Function]:
    """The functions that every handle brings along: _ref for a shared one, _unref for each."""
    name = handle.name
    pointer = CParam(name, f"{handle.c_name} *")
    param = Param(
        name=name,
        type=f"handle.{name}",
        out=False,
        nullable=True,
        const=False,
        transfer=None,
        count=None,
        doc="A handle, or NULL.",
        c=(pointer,),
    )

    def function(verb: str, returns: str, doc: str) -> Function:
        return Function(
            name=f"{name}_{verb}",
            c_name=cmap.c_name(f"{name}_{verb}"),
            module=handle.module,
            state=handle.state,
            since=since,
            doc=doc,
            thread="any",
            returns=returns,
            returns_type=f"handle.{name}" if verb == "ref" else None,
            params=(param,),
            implicit=True,
        )

    if handle.kind == "owner":
        return [function("unref", "void", f"Releases {name}. NULL is ignored.")]
    return [
        function("ref", pointer.type, f"Adds a reference to {name} and returns it, NULL for NULL."),
        function("unref", "void", f"Drops a reference to {name}. NULL is ignored."),
    ]


def _padding(model: Model) -> list[str]:
    """Names each field before which, and each struct at whose end, a compiler leaves a hole."""
    problems = []
    for struct in (struct for module in model.everything for struct in module.structs):
        for before, member in pairwise(struct.fields):
            if hole := -member.offset % member.size:
                problems.append(
                    f"struct {struct.name}: {hole} bytes of padding between {before.name} and"
                    f" {member.name}; reorder the fields or add a reserved one"
                )
                break
        else:
            if hole := -struct.size % max(member.size for member in struct.fields):
                problems.append(
                    f"struct {struct.name}: {hole} bytes of padding after {struct.fields[-1].name};"
                    f" reorder the fields or add a reserved one"
                )
    return problems


def _clashes(model: Model) -> list[str]:
    """Names everything that C would know twice: types and functions share one space of names."""
    problems = []
    taken = dict.fromkeys(MACROS, "a macro of base.h")
    for entry in (entry for module in model.everything for entry in module.entries):
        kind = type(entry).__name__.lower()
        names = [entry.c_name]
        if isinstance(entry, Enum):
            names += [value.c_name for value in entry.values]
        if isinstance(entry, Struct):
            names.append(entry.init)
        if isinstance(entry, (Function, Callback)):
            params = [c.name for c in entry.c_params]
            twice = {name for name in params if params.count(name) > 1}
            problems += [f"{entry.c_name}: parameter {name} stands twice" for name in sorted(twice)]
        for name in names:
            if name in taken:
                problems.append(f"{name} is both {taken[name]} and {kind} {entry.name}")
            taken[name] = f"{kind} {entry.name}"
    return problems


def _unresolved(model: Model) -> list[str]:
    """Names every type that is unknown, or that the header using it does not include."""
    problems = []
    for module in model.everything:
        seen = model.visible(module.name)
        known = {f"handle.{h.name}" for m in seen for h in m.handles}
        known |= {f"handles.{h.name}" for m in seen for h in m.handles}
        known |= {f"struct.{s.name}" for m in seen for s in m.structs}
        known |= {f"enum.{e.name}" for m in seen for e in m.enums}
        known |= {f"callback.{c.name}" for m in seen for c in m.callbacks}
        known |= {f"table.{t.name}" for m in seen for t in m.tables}
        slots = [slot for table in module.tables for slot in table.slots]
        calls: tuple[Callback | Function | Slot, ...]
        calls = (*module.callbacks, *module.functions, *module.exports, *slots)
        used = [(call.name, param.name, param.type) for call in calls for param in call.params]
        used += [(s.name, member.name, member.type) for s in module.structs for member in s.fields]
        problems += [
            f"{entry}.{part}: {type_} is not known to module {module.name}"
            for entry, part, type_ in used
            if cmap.split(type_)[0] in cmap.NAMED and type_ not in known
        ]
    return problems
