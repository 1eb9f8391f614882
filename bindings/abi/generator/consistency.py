"""Finds facts of the interface that contradict one another, or the rules that base.h promises."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator import cmap
from generator.model import (
    Callback,
    Entry,
    Enum,
    Function,
    Handle,
    Model,
    Module,
    Param,
    Struct,
    Table,
)

# Kinds of parameters that go both ways, or one way only.
BOTH = {*cmap.SCALARS, "enum", "handle", "struct", "array"}
OUT = BOTH | {"handles"}
IN = BOTH | {*cmap.POINTERS, "bytes", "buffer", "callback", "table"}
# What stands for an address that the library follows.
FOLLOWED = {"handle", "handles", "struct", "array", "callback", "text"}


def problems(model: Model) -> list[str]:
    """Every contradiction, one line each."""
    found = []
    for module in model.everything:
        found += [f"{module.name}: {why}" for why in _surface(module)]
        for function in (*module.functions, *module.exports):
            checks = (_params(function), _result(model, function), _ends(model, function))
            found += [f"{function.name}: {why}" for check in checks for why in check]
        for callback in module.callbacks:
            found += [f"{callback.name}: {why}" for why in _callback(callback)]
        for handle in module.handles:
            found += [f"{handle.name}: {why}" for why in _handle(module, handle)]
        for enum in module.enums:
            found += [f"{enum.name}: {why}" for why in _enum(enum)]
        for struct in module.structs:
            found += [f"{struct.name}: {why}" for why in _struct(struct)]
    return found + _unstable_parts(model)


def _surface(module: Module) -> Iterator[str]:
    """Tables are for drivers: a binding has no words for them, and a driver exports by itself."""
    if module.surface == "driver":
        if module.functions:
            yield "a driver links nothing of brisk: its functions are exports, or slots of a table"
        return
    if module.tables or module.exports:
        yield "tables and exports belong to the surface of drivers"
    for struct in module.structs:
        for member in struct.fields:
            if cmap.split(member.type)[0] in ("table", "text"):
                yield f"{struct.name}.{member.name}: {member.type} is for drivers alone"


def _params(function: Function) -> Iterator[str]:
    sizes = {param.name for param in function.params if param.type == "size" and not param.out}
    for param in function.params:
        if param.kind not in (OUT if param.out else IN):
            yield f"{param.name}: {param.type} cannot be given {'out' if param.out else 'in'}"
        handles = param.kind in ("handle", "handles")
        if (handles and param.out) != (param.transfer is not None):
            yield f"{param.name}: transfer belongs to handles that are given out, and to all"
        if param.const and (not handles or param.out):
            yield f"{param.name}: only a handle that is given in can be const"
        if (param.kind in ("array", "handles")) != (param.count is not None):
            yield f"{param.name}: count belongs to every array, and to nothing else"
        if param.count is not None and param.count not in sizes:
            yield f"{param.name}: count names {param.count}, which is no size of this function"


def _result(model: Model, function: Function) -> Iterator[str]:
    names = {param.name for param in function.params}
    if function.returns.endswith("*") and not function.implicit:
        if function.borrowed_from is None and "static" not in function.doc:
            yield "borrowed_from is missing, and the doc does not say that the result is static"
        if function.borrowed_from is not None and function.borrowed_from not in names:
            yield f"borrowed_from names {function.borrowed_from}, which is no parameter"
    statuses = model.statuses
    yield from (f"{n} is no outcome" for n in function.outcomes if statuses.get(n, 0) <= 0)
    yield from (f"{n} is no error" for n in function.errors if statuses.get(n, 0) >= 0)
    if tuple(map(int, function.since.split("."))) > model.abi:
        yield f"since {function.since} is later than the interface, {model.abi_text}"


def _ends(model: Model, function: Function) -> Iterator[str]:
    """What rules of base.h ask for: INVALID for NULL, CLOSED after a close, a timeout on a wait."""
    handles = {handle.name: handle for module in model.everything for handle in module.handles}
    closes = {handle.close for handle in handles.values()}
    given = [handles[p.target] for p in function.params if p.kind == "handle" and not p.out]
    if function.fallible and "INVALID" not in function.errors and _needs_address(function.params):
        yield "a parameter must not be NULL, and INVALID is not among the errors"
    if function.fallible and "CLOSED" not in function.errors and function.name not in closes:
        yield from (f"{h.name} can be closed, and CLOSED is no error" for h in given if h.close)
    timed = any(param.name == "timeout_ns" for param in function.params)
    if function.blocks and not timed and function.name not in closes:
        yield "blocks without timeout_ns"
    if function.calls_back != any(param.kind == "callback" for param in function.params):
        yield "calls_back does not agree with its parameters"


def _needs_address(params: tuple[Param, ...]) -> bool:
    return any(not p.nullable and (p.out or p.kind in FOLLOWED) for p in params)


def _callback(callback: Callback) -> Iterator[str]:
    if [(param.name, param.type) for param in callback.params[:1]] != [("user", "pointer")]:
        yield "its first parameter is not user: pointer"


def _handle(module: Module, handle: Handle) -> Iterator[str]:
    if handle.close is not None:
        close = [f for f in module.functions if f.name == handle.close and f.fallible]
        if [p.type for f in close for p in f.params[:1]] != [f"handle.{handle.name}"]:
            yield f"close names {handle.close}, which is no fallible function of {handle.name}"


def _enum(enum: Enum) -> Iterator[str]:
    values = [value.value for value in enum.values]
    for value in enum.values:
        if values.count(value.value) > 1:
            yield f"{value.name} shares its value"


def _struct(struct: Struct) -> Iterator[str]:
    sizes = {member.name for member in struct.fields if member.type in ("u32", "u64", "size")}
    for member in struct.fields:
        if (member.type == "cbytes") != (member.length is not None):
            yield f"{member.name}: length belongs to every cbytes, and to nothing else"
        if member.length is not None and member.length not in sizes:
            yield f"{member.name}: length names {member.length}, which is no size of this struct"


def _unstable_parts(model: Model) -> list[str]:
    """A stable entry cannot stand on what may still change."""
    entries = {entry.c_name: entry for module in model.everything for entry in module.entries}
    found = []
    for entry in entries.values():
        if entry.state != "stable":
            continue
        types = set(re.findall(r"brisk_\w+", " ".join(_types(entry))))
        unstable = sorted(name for name in types if entries[name].state != "stable")
        found += [f"{entry.name}: is stable and uses {name}, which is not" for name in unstable]
    return found


def _types(entry: Entry) -> list[str]:
    if isinstance(entry, Struct):
        return [member.c.type for member in entry.fields]
    if isinstance(entry, (Callback, Function)):
        return [entry.returns, *(param.type for param in entry.c_params)]
    if isinstance(entry, Table):
        return [p.type for s in entry.slots for p in s.c_params] + [s.returns for s in entry.slots]
    return []
