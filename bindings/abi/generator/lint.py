"""Reads the documentation of the interface as its users will, and names what they would miss."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.model import MACROS, Callback, Enum, Function, Model, Slot, Struct, Table
from generator.text import NAME

# A part of a doc: where it stands, as in cache_put.ttl_ns, and its text.
Doc = tuple[str, str]
UNITS = ((re.compile(r"\w*_ns"), "nanosecond"), (re.compile(r"(\w*_)?(bytes|sizes?)"), "byte"))
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|TBD)\b")
QUOTED = re.compile(r'"[^"]*"')


def problems(model: Model) -> list[str]:
    """Everything that is wrong with the documentation, one line each."""
    known = _names(model)
    found = [f"{where}: {why}" for where, doc in _docs(model) for why in _prose(doc, known)]
    for where, name, doc in _quantities(model):
        found += [
            f"{where}: the doc does not say that the unit is the {unit}"
            for pattern, unit in UNITS
            if pattern.fullmatch(name) and unit not in doc.lower()
        ]
    for struct in (struct for module in model.everything for struct in module.structs):
        found += [
            f"{struct.name}.{member.name}: the doc does not say the default"
            for member in struct.fields[1:]
            if not struct.out and member.name != "reserved" and "default" not in member.doc
        ]
    for function in model.functions:
        found += [
            f"{function.name}.{param.name}: the doc does not say what NULL means"
            for param in function.params
            if param.nullable and "NULL" not in param.doc
        ]
    return found


def _prose(doc: str, known: set[str]) -> Iterator[str]:
    if not doc.endswith("."):
        yield "the doc does not end in a full stop"
    if match := UNFINISHED.search(doc):
        yield f"the doc holds {match[0]}"
    if "/*" in doc or "*/" in doc:
        yield "the doc would begin or end a comment"
    # What stands in quotes is text that a program sees, not a reference.
    for name in sorted(set(NAME.findall(QUOTED.sub("", doc))) - known):
        yield f"the doc speaks of {name}, which does not exist"


def _docs(model: Model) -> Iterator[Doc]:
    for module in model.everything:
        yield module.name, module.doc
        yield from ((f"{module.name}.rules", rule) for rule in module.rules)
        for entry in module.entries:
            yield entry.name, entry.doc
            if isinstance(entry, Enum):
                yield from ((f"{entry.name}.{value.name}", value.doc) for value in entry.values)
            elif isinstance(entry, Struct):
                yield from ((f"{entry.name}.{member.name}", member.doc) for member in entry.fields)
            elif isinstance(entry, (Callback, Function)):
                yield from ((f"{entry.name}.{param.name}", param.doc) for param in entry.params)
            elif isinstance(entry, Table):
                for slot in entry.slots:
                    yield f"{entry.name}.{slot.name}", slot.doc
                    yield from ((f"{slot.name}.{param.name}", param.doc) for param in slot.params)


def _quantities(model: Model) -> Iterator[tuple[str, str, str]]:
    """Fields and parameters, with their names and docs."""
    for module in model.everything:
        for struct in module.structs:
            for member in struct.fields[1:]:
                yield f"{struct.name}.{member.name}", member.name, member.doc
        slots = [slot for table in module.tables for slot in table.slots]
        calls: tuple[Callback | Function | Slot, ...]
        calls = (*module.callbacks, *module.functions, *module.exports, *slots)
        for call in calls:
            for param in call.params:
                yield f"{call.name}.{param.name}", param.name, param.doc


def _names(model: Model) -> set[str]:
    entries = [entry for module in model.everything for entry in module.entries]
    names = {*MACROS, *(entry.c_name for entry in entries)}
    names |= {value.c_name for e in entries if isinstance(e, Enum) for value in e.values}
    return names | {entry.init for entry in entries if isinstance(entry, Struct)}
