"""What the generator writes in Rust: of every shape of the description, as rustfmt lays it out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings" / "abi"))

from generator import outputs, rust, source  # noqa: E402
from generator.build import build  # noqa: E402
from generator.cmap import CParam  # noqa: E402

SYS = ROOT / "bindings/rust/brisk-sys/src"
HAND_WRITTEN = ("compatible.rs", "layout.rs")
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


def run(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("rustc") is None, reason="no rustc")
def test_every_shape_compiles_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version, documents = source.read(ROOT)
    document = shapes()
    assert not source._mismatches("", source._validator(ROOT, "spec.schema.json"), document)
    base = [one for one in documents if one["module"] == "base"]
    monkeypatch.setattr(outputs, "OUTPUTS", rust.OUTPUTS)
    files = outputs.render(ROOT, build(version, [*base, document]))
    for path, text in files.items():
        (tmp_path / path.name).write_text(text)
    for name in HAND_WRITTEN:
        shutil.copy(SYS / name, tmp_path)
    lib = tmp_path / "lib.rs"
    crate = ("--edition=2021", "--crate-name=brisk_sys", "-Dwarnings", lib)
    run("rustfmt", "--check", "--edition=2021", lib)
    run("rustc", "--crate-type=rlib", "--emit=metadata", f"--out-dir={tmp_path}", *crate)
    run("rustdoc", f"--out-dir={tmp_path / 'doc'}", *crate)


@pytest.mark.skipif(shutil.which("rustfmt") is None, reason="no rustfmt")
def test_rustfmt_leaves_lines_of_every_length_alone(tmp_path: Path) -> None:
    declared, typed = [], []
    for returns in ("void", "brisk_status", "const char *"):
        for width in range(1, 110):
            params = (CParam("u" * width, "void *"), CParam("last", "const void *"))
            call = SimpleNamespace(c_name="brisk_call", c_params=params, returns=returns)
            declared.append(f"{rust.rust_function(call)};\n")
            typed.append(f"{rust.rust_callback(call)}\n")
    path = tmp_path / "lines.rs"
    path.write_text("".join(typed) + '\nextern "C" {\n' + "".join(declared) + "}\n")
    run("rustfmt", "--check", "--edition=2021", path)


def test_a_type_without_a_form_is_named() -> None:
    with pytest.raises(source.SpecError, match="no type for 'long double'"):
        rust.rust_type("long double")
    with pytest.raises(source.SpecError, match="no type for 'wchar_t \\*'"):
        rust.rust_type("wchar_t *")
