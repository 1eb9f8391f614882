"""A module of the interface with every shape that the schema knows, for the raw layers to write."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings" / "abi"))

from generator import source  # noqa: E402

SHAPES = """
module: shapes
title: Every shape
includes: [base]
doc: "Speaks of BRISK_SETTINGS_INIT, <T>, [this] and **that**."
constants:
  ALL: {type: u32, value: UINT32_MAX, doc: "A constant."}
enums:
  colour: {open: true, doc: "An enum.", values: {RED: {value: -1, doc: "A value."}}}
handles:
  thing: {kind: shared, doc: "A handle."}
callbacks:
  match_fn:
    returns: enum.colour
    doc: "A callback."
    params: {user: {type: pointer, doc: "The pointer."}, key: {type: bytes, doc: "The key."}}
structs:
  settings:
    sized: true
    doc: "A struct."
    fields:
      type: {type: i32, doc: "A field that is a word of Rust; default 0."}
      ratio: {type: f64, doc: "A field; default 0."}
      count: {type: size, doc: "A field; default 0."}
      name: {type: cbytes, length: count, doc: "A field; default none."}
functions:
"""
OUT = "u32 u64 i32 f64 size handle.error struct.settings enum.colour"
IN = f"{OUT} bytes buffer text pointer cpointer"
COUNTED = "array.u32 array.u64 array.i32 array.f64 array.size"
RETURNS = "u32 u64 i32 f64 size text pointer cpointer enum.colour"
COMMON = {"since": "0.1", "state": "unstable", "thread": "any", "doc": "A function."}


def function(params: dict[str, dict[str, object]], **more: object) -> dict[str, object]:
    documented = {name: {"doc": "A parameter.", **param} for name, param in params.items()}
    return {**COMMON, **more, **({"params": documented} if params else {})}


def shapes() -> dict[str, object]:
    """A module with a function for each parameter and each result that the schema knows."""
    document = yaml.load(SHAPES, source.Loader)
    count = {"n": {"type": "size"}}
    params: list[dict[str, dict[str, object]]] = [{"type": {"type": t}} for t in IN.split()]
    params += [{"out": {"type": t, "dir": "out"}} for t in OUT.split()]
    params += [{**count, "some": {"type": t, "count": "n"}} for t in COUNTED.split()]
    params += [{**count, "some": {"type": t, "count": "n", "dir": "out"}} for t in COUNTED.split()]
    params += [{**count, "all": {"type": "handles.error", "count": "n", "dir": "out"}}]
    params += [{"match": {"type": "callback.match_fn"}}]
    params += [{"self": {"type": "handle.error", "const": True}}]
    functions = {
        f"takes_{i}": function(p, fallible=True, errors=["INVALID"]) for i, p in enumerate(params)
    }
    for type_ in RETURNS.split():
        functions[f"gives_{type_.replace('.', '_')}"] = function({}, returns=type_)
    return {**document, "functions": functions}
