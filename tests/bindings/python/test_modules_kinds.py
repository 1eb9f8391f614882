"""Modules of other kinds: imports, which brisk.lazy knows as well, and native libraries."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path
from typing import Any

import brisk
import brisk.lazy
import pytest
from brisk import Modules
from loaders import fails


def test_a_module_of_python_is_loaded_by_its_name(
    modules: Modules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "briskly_heavy.py").write_text("answer = 42\n")
    loads: list[Any] = []
    modules.add_import("briskly_heavy", dependencies=["first"], warm_up=loads.append)
    modules.add("first", lambda: loads.append("first"))
    modules.add_import("briskly_missing")
    modules.add("app", lambda: modules.load("briskly_heavy"), dependencies=["briskly_heavy"])
    lazily = brisk.lazy.report()
    assert lazily["briskly_heavy"].state == "waiting"
    assert lazily["briskly_heavy"].places[0].startswith(__file__)
    try:
        assert modules.load("app").answer == 42
        heavy = sys.modules["briskly_heavy"]
        assert modules.load("briskly_heavy") is heavy
        assert loads == ["first", heavy]
        assert modules.report()["briskly_heavy"].dependents == ("app",)
        assert brisk.lazy.report()["briskly_heavy"].state == "loaded"
    finally:
        sys.modules.pop("briskly_heavy", None)
    with pytest.raises(
        brisk.LoadFailed, match=r"test_modules_kinds\.py:\d+ declares as lazy"
    ) as caught:
        modules.load("briskly_missing")
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


C = """
int plain_count = 5;
int plain_add(int a, int b) { return a + b; }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A native module and its manifest, another without a library, and a broken manifest."""
    folder = tmp_path_factory.mktemp("modules")
    (folder / "plain.c").write_text(C)
    command = ["cc", "-shared", "-fPIC", "-o", str(folder / "plain.so"), str(folder / "plain.c")]
    subprocess.run(command, check=True)
    for name, text in (
        ("plain", "version = 2.5\n"),
        ("gone", "library = libbrisk-gone.so\n"),
        ("broken", "what = is this\n"),
        ("above", "library = libm.so.6\ndependencies = host\n"),
    ):
        (folder / f"{name}.module").write_text(text)
        (folder / f"{name}.module").chmod(0o644)
    return folder


def test_a_native_module_gives_its_symbols(modules: Modules, folder: Path) -> None:
    assert modules.scan(folder) == 4
    assert modules.scan(str(folder)) == 0
    assert modules.report()["plain"].state == "unloaded"
    add = modules.function("plain", "plain_add", ctypes.c_int, ctypes.c_int, ctypes.c_int)
    assert add(2, 3) == 5
    address = modules.symbol("plain", "plain_count")
    assert ctypes.c_int.from_address(address).value == 5
    plain = modules.report()["plain"]
    assert (plain.state, plain.kinds, plain.version) == ("loaded", ("library",), "2.5")
    assert plain.source == str(folder / "plain.module")
    assert plain.library == str(folder / "plain.so")
    assert modules.load("plain") is None
    with pytest.raises(brisk.InvalidArgument, match='no symbol "plain_subtract"'):
        modules.symbol("plain", "plain_subtract")
    with pytest.raises(brisk.LoadFailed, match="tried .*libbrisk-gone.so"):
        modules.load("gone")
    with pytest.raises(brisk.LoadFailed, match="what"):
        modules.load("broken")
    modules.add("given", int)
    with pytest.raises(brisk.InvalidArgument, match="given by a callback"):
        modules.symbol("given", "x")
    modules.close()
    assert add(4, 5) == 9


def test_a_native_module_may_need_one_of_python(modules: Modules, folder: Path) -> None:
    modules.scan(folder)
    modules.add("host", fails)
    with pytest.raises(brisk.LoadFailed, match="above needs host: .* no license") as caught:
        modules.symbol("above", "cos")
    assert isinstance(caught.value.__cause__, ValueError)


def test_the_search_path_is_scanned(
    modules: Modules, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRISK_MODULE_PATH", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "nothing"))
    assert modules.scan() >= 4
    assert modules.state("plain") == "unloaded"
    with Modules(eager=True) as eager, pytest.raises(brisk.LoadFailed, match="libbrisk-gone.so"):
        eager.scan(folder)
