"""Locks: the interface of a version as JSON, so that a stable entry cannot change unnoticed.

A lock holds what a compiled caller depends on, and no documentation. Its digest leaves out where an
entry stands and how far along it is.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from generator.model import (
    Callback,
    Constant,
    Entry,
    Enum,
    Function,
    Handle,
    Model,
    Module,
    Param,
    Slot,
    Struct,
    Table,
)
from generator.source import ABI

DIRECTORY = ABI / "lock"
Shape = dict[str, Any]
OUTSIDE_DIGEST = ("module", "since", "state")


def path(model: Model) -> Path:
    return DIRECTORY / f"{model.abi_text}.json"


def entries(modules: tuple[Module, ...]) -> dict[str, Shape]:
    """Every entry of these modules under its C name."""
    found = [entry for module in modules for entry in module.entries]
    return {
        entry.c_name: {
            "kind": type(entry).__name__.lower(),
            "module": entry.module,
            "state": entry.state,
            **_shape(entry),
        }
        for entry in found
    }


def digest(model: Model) -> str:
    """64 bits over names, types, values and their order; drivers negotiate their own version."""
    shapes = {
        name: {key: value for key, value in entry.items() if key not in OUTSIDE_DIGEST}
        for name, entry in entries(model.modules).items()
    }
    canonical = json.dumps(shapes, sort_keys=True, separators=(",", ":"))
    return "0x" + hashlib.sha256(canonical.encode()).digest()[:8].hex()


def render(model: Model, banner: str) -> str:
    document = {
        "_": banner,
        "abi": model.abi_text,
        "digest": digest(model),
        "entries": entries(model.everything),
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def violations(root: Path, model: Model) -> list[str]:
    """What changed of entries that some lock below root holds as stable."""
    now = entries(model.everything)
    problems = []
    for lock in sorted((root / DIRECTORY).glob("*.json")):
        try:
            held = json.loads(lock.read_text(encoding="utf-8"))["entries"]
            frozen = {name: old for name, old in held.items() if old["state"] == "stable"}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"{lock.name}: not a lock: {error!r}")
            continue
        for name, old in frozen.items():
            whys = _why(old, now.get(name))
            problems += [f"{name} is stable in {lock.name}: {why}" for why in whys]
    return problems


def _why(old: Shape, new: Shape | None) -> list[str]:
    if new is None:
        return ["it is gone"]
    if old["module"] != new["module"]:
        return [f"it moved from {old['module']} to {new['module']}"]
    return [
        f"its {key} changed from {_text(old.get(key))} to {_text(new.get(key))}"
        for key in sorted({*old, *new})
        if not _same(key, old, new)
    ]


def _same(key: str, old: Shape, new: Shape) -> bool:
    """Whether a fact is as it was, or grew as the rules allow."""
    before, after = old.get(key), new.get(key)
    if before is None or after is None:
        return before is after
    if key in ("fields", "slots"):
        return bool(before == after[: len(before)])
    if key == "size":
        return bool(before <= after)
    if key == "values" and old["open"]:
        return bool(before.items() <= after.items())
    return bool(before == after)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _shape(entry: Entry) -> Shape:
    match entry:
        case Constant():
            return {"type": entry.type, "value": entry.value}
        case Enum():
            values = {value.c_name: value.value for value in entry.values}
            return {"open": entry.open, "values": values}
        case Handle():
            return {"shared": entry.kind == "shared"}
        case Struct():
            fields = [{"name": f.name, "offset": f.offset, "type": f.c.type} for f in entry.fields]
            return {"fields": fields, "size": entry.size}
        case Table():
            return {"slots": [_slot(slot) for slot in entry.slots], "size": entry.size}
        case Callback():
            return {"params": _params(entry.params), "returns": entry.returns}
        case Function():
            shape = {"params": _params(entry.params), "returns": entry.returns}
            borrowed = {"borrowed_from": entry.borrowed_from} if entry.borrowed_from else {}
            return {**shape, **borrowed, "since": entry.since}


def _slot(slot: Slot) -> Shape:
    shape = {"name": slot.name, "params": _params(slot.params), "returns": slot.returns}
    return {**shape, "optional": slot.optional, "since": slot.since}


def _params(params: tuple[Param, ...]) -> list[Shape]:
    found: list[Shape] = []
    for param in params:
        first, *rest = [dict[str, Any](name=c.name, type=c.type) for c in param.c]
        if param.nullable:
            first["nullable"] = True
        if param.transfer:
            first["transfer"] = param.transfer
        found += [first, *rest]
    return found
