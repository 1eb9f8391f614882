"""Lazy names from a stub: what counts in it, and that type checkers see the same."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import brisk.lazy
import pytest
from conftest import Run, Tree

FRONT = "import brisk.lazy\nbrisk.lazy.attach_stub(__name__, __file__)\n"
PACKAGE = {
    "pkg/py.typed": "",
    "pkg/__init__.py": FRONT,
    "pkg/__init__.pyi": """
        from collections.abc import Callable as Callable

        from . import plots as plots
        from .calc import double as double
        from .calc import half as halve

        __all__ = ["double", "halve", "plots"]
        Number = int | float
        """,
    "pkg/calc.py": """
        def double(x: int) -> int: return 2 * x
        def half(x: int) -> float: return x / 2
        """,
    "pkg/plots.py": "color: str = 'red'\n",
}
SAMPLE = """
    import brisk.lazy
    import pkg
    from pkg import double

    TYPE_CHECKING = False
    if TYPE_CHECKING:
        import json
    else:
        json = brisk.lazy.module("json")

    number: int = double(2)
    color: str = pkg.plots.color
    half: float = pkg.halve(1)
    text: str = json.dumps({})
    loose = brisk.lazy.module("decimal", ">=1", error_on_import=True)
    one = loose.Decimal(1)

    tools = brisk.lazy.Registry()
    tool: brisk.lazy.Tool = tools.add("a", "pkg.calc:double", "Doubles.")
    status: int = tools.main(["help"])
    names: list[str] = sorted(tools)
    rows: list[float | None] = [row.milliseconds for row in brisk.lazy.report()]
    row: brisk.lazy.Row = brisk.lazy.report()["json"]
    cost: brisk.lazy.Cost = brisk.lazy.budget("json", milliseconds=1e6)
    """
WRONG = [
    "number: str = pkg.double(2)",
    "pkg.half(1)",
    "brisk.lazy.attach(1)",
    "brisk.lazy.module(require='1')",
    "brisk.lazy.Registry().add('a', 1)",
]


def test_the_relative_imports_of_a_stub_are_lazy_names(tree: Tree) -> None:
    tree(PACKAGE)
    pkg: Any = importlib.import_module("pkg")
    assert pkg.__all__ == ["double", "halve", "plots"]
    assert "pkg.calc" not in sys.modules
    assert (pkg.double(2), pkg.halve(3), pkg.plots.color) == (4, 1.5, "red")
    assert "__getattr__" not in vars(pkg)


def test_a_stub_reaches_above_its_package(tree: Tree) -> None:
    tree(
        {
            "top/__init__.py": "",
            "top/calc.py": "x = 1\n",
            "top/pkg/__init__.py": FRONT,
            "top/pkg/__init__.pyi": "from ..calc import x as x\n",
        }
    )
    assert importlib.import_module("top.pkg").x == 1


def test_parsing_needs_no_module_of_the_library(tree: Tree) -> None:
    tree(PACKAGE)
    brisk.lazy.budget("pkg", without=["ast", "re", "typing", "pkg.calc"], tries=1)


def test_an_error_names_the_line_of_the_stub(tree: Tree) -> None:
    tree({**PACKAGE, "pkg/calc.py": "double = 1\n"})
    pkg: Any = importlib.import_module("pkg")
    with pytest.raises(ImportError, match=r"name 'half' from 'pkg.calc', as .*init__\.pyi:6 "):
        _ = pkg.halve


@pytest.mark.parametrize(
    ("stub", "error", "said"),
    [
        ("from .calc import *\n", ValueError, r"init__\.pyi:1 imports \*: name what it imports"),
        ("import os\nx: int\n", ValueError, r"init__\.pyi has no relative import"),
        ("from .calc import\n", SyntaxError, r"__init__\.pyi, line 1"),
        ("from ..calc import x\n", ImportError, "leads out of the package 'pkg'"),
    ],
)
def test_stubs_that_are_wrong(tree: Tree, stub: str, error: type[Exception], said: str) -> None:
    tree({"pkg/__init__.py": FRONT, "pkg/__init__.pyi": stub})
    with pytest.raises(error, match=said):
        importlib.import_module("pkg")


def test_a_stub_that_is_missing(tree: Tree) -> None:
    tree({"pkg/__init__.py": FRONT})
    with pytest.raises(FileNotFoundError) as caught:
        importlib.import_module("pkg")
    assert str(caught.value.filename).endswith("pkg/__init__.pyi")
    assert "package data" in "".join(caught.value.__notes__)


def checker(name: str) -> list[str]:
    """The command of a type checker, as arguments of Python or as a program."""
    if name == "mypy":
        pytest.importorskip("mypy")
        return ["-m", "mypy", "--strict", "--no-incremental"]
    found = shutil.which(name)
    if not found:
        pytest.skip(f"no {name}")
    code = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    return ["-c", code, found, "--pythonpath", sys.executable]


@pytest.mark.parametrize("name", ["mypy", "pyright"])
def test_type_checkers_see_the_names(tree: Tree, run: Run, name: str) -> None:
    command = checker(name)
    site = Path(brisk.lazy.__file__).parents[1]
    path = tree({**PACKAGE, "sample.py": SAMPLE})
    env = {"MYPYPATH": f"{path}{os.pathsep}{site}"}
    run(*command, "sample.py", **env)
    (path / "wrong.py").write_text("\n".join(("import brisk.lazy", "import pkg", *WRONG, "")))
    said = run(*command, "wrong.py", status=1, **env)
    assert [
        number for number in range(3, 3 + len(WRONG)) if f"wrong.py:{number}:" not in said
    ] == []


def test_the_package_itself_is_typed(run: Run) -> None:
    command = checker("mypy")
    site = Path(brisk.lazy.__file__).parents[1]
    run(*command, "-p", "brisk.lazy", MYPYPATH=str(site))
