"""What the generator writes in Go: of every shape of the description, as gofmt lays it out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shapes import shapes

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings" / "abi"))

from generator import go, outputs, source  # noqa: E402
from generator.build import build  # noqa: E402
from generator.model import Model, Param  # noqa: E402

HEADERS = tuple(o for o in outputs.OUTPUTS if o.path.startswith("include/"))
LAYER = ROOT / "bindings/go/internal/capi"
PC = "Name: brisk\nDescription: Every shape.\nVersion: 0.1\nCflags: -I{}\n"


@pytest.mark.skipif(shutil.which("go") is None, reason="no go")
def test_every_shape_compiles_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version, documents = source.read(ROOT)
    base = [one for one in documents if one["module"] == "base"]
    layer = tuple(o for o in go.OUTPUTS if o.template == "capi.go.j2")
    monkeypatch.setattr(outputs, "OUTPUTS", (*HEADERS, *layer))
    for path, text in outputs.render(ROOT, build(version, [*base, shapes()])).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    home = tmp_path / "bindings/go"
    shutil.copy(LAYER / "capi.go", home / "internal/capi")
    shutil.copy(ROOT / "bindings/go/go.mod", home)
    (tmp_path / "brisk.pc").write_text(PC.format(tmp_path / "include"))
    assert run("gofmt", "-l", home) == ""
    run("go", "vet", "./...", cwd=home, PKG_CONFIG_PATH=str(tmp_path))


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("type_", "out"), [("bytes", True), ("text", True), ("handles.x", False)])
def test_a_shape_without_a_form_is_named(type_: str, out: bool) -> None:
    param = Param("odd", type_, out, False, False, None, None, "Odd.", ())
    with pytest.raises(source.SpecError, match=f"odd: {type_} (in|out) has no shape in Go"):
        go.crossing(param, Model("0.1.0", (0, 1), (), ()))


@pytest.mark.parametrize(
    ("name", "calls"),
    [("modules_scan", True), ("modules_load", True), ("modules_state", False)],
)
def test_cgo_is_told_of_calls_that_may_come_back(name: str, calls: bool) -> None:
    version, documents = source.read(ROOT)
    functions = [f for module in build(version, documents).modules for f in module.functions]
    (function,) = (f for f in functions if f.name == name)
    assert ("nocallback" not in go.directives(function)) == calls
