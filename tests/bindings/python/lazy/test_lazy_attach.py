"""Lazy names of a package: when they load, what stands there afterwards, and what is said."""

from __future__ import annotations

import builtins
import copy
import doctest
import importlib
import inspect
import pickle
import pydoc
import sys
import threading
import time
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from conftest import Run, Tree

PACKAGE = {
    "pkg/__init__.py": """
        \"\"\"A package.

        >>> pkg.double(2)
        4
        \"\"\"
        import brisk.lazy
        brisk.lazy.attach(__name__, {"calc": ["double", "half"], "text": ["shout"]}, ["plots"])
        """,
    "pkg/calc.py": "def double(x): return 2 * x\ndef half(x): return x / 2\n",
    "pkg/text.py": "def shout(x): return x.upper()\n",
    "pkg/plots.py": "color = 'red'\n",
}
DECLARED = "pkg/__init__.py:8"


def loaded(*names: str) -> list[bool]:
    return [f"pkg.{name}" in sys.modules for name in names]


def test_a_name_loads_its_module_and_no_other(tree: Tree) -> None:
    tree(PACKAGE)
    pkg: Any = importlib.import_module("pkg")
    assert loaded("calc", "text", "plots") == [False, False, False]
    assert pkg.double(2) == 4
    assert loaded("calc", "text", "plots") == [True, False, False]
    assert pkg.plots.color == "red"
    assert loaded("calc", "text", "plots") == [True, False, True]


def test_after_its_use_a_name_is_an_ordinary_one(tree: Tree) -> None:
    tree(PACKAGE)
    pkg: Any = importlib.import_module("pkg")
    assert "half" not in vars(pkg)
    assert pkg.double is sys.modules["pkg.calc"].double
    assert vars(pkg)["double"] is pkg.double
    assert vars(pkg)["half"] is sys.modules["pkg.calc"].half
    assert pkg.shout("a") == "A"
    assert "__getattr__" in vars(pkg)
    assert pkg.plots.color == "red"
    assert "__getattr__" not in vars(pkg)
    assert type(pkg) is ModuleType


def test_imports_from_the_package(tree: Tree) -> None:
    tree(PACKAGE)
    space: dict[str, Any] = {}
    exec("from pkg import half", space)
    assert space["half"](2) == 1
    exec("from pkg import *", space)
    assert space["shout"]("b") == "B"
    with pytest.raises(ImportError, match="cannot import name 'none' from 'pkg'"):
        exec("from pkg import none", space)


def test_dir_and_all_tell_all_names_and_load_nothing(tree: Tree) -> None:
    tree(PACKAGE)
    pkg: Any = importlib.import_module("pkg")
    assert pkg.__all__ == ["double", "half", "plots", "shout"]
    assert {"double", "half", "plots", "shout", "brisk", "__doc__"} <= set(dir(pkg))
    assert loaded("calc", "text", "plots") == [False, False, False]


def test_the_hooks_may_be_assigned_as_well(tree: Tree) -> None:
    tree(
        {
            "pkg/__init__.py": """
                from brisk.lazy import attach
                __getattr__, __dir__, __all__ = attach(__name__, {"calc": ["double"]})
                assert globals()["__dir__"] is __dir__
                """,
            "pkg/calc.py": PACKAGE["pkg/calc.py"],
        }
    )
    pkg: Any = importlib.import_module("pkg")
    assert pkg.__all__ == ["double"]
    assert pkg.double(4) == 8
    assert "__getattr__" not in vars(pkg)


def test_calls_add_up_and_a_hook_that_was_there_keeps_its_part(tree: Tree) -> None:
    tree(
        {
            "pkg/__init__.py": """
                from brisk.lazy import attach
                __all__ = ["own"]
                own = 1
                def __getattr__(name):
                    if name == "old":
                        return "from the hook"
                    raise AttributeError(f"no {name}")
                attach(__name__, {"calc": ["double"]})
                attach(__name__, {"text": ["shout"]})
                """,
            **{name: PACKAGE[name] for name in ("pkg/calc.py", "pkg/text.py")},
        }
    )
    pkg: Any = importlib.import_module("pkg")
    assert pkg.__all__ == ["double", "own", "shout"]
    for _ in range(2):  # with names waiting, and after the last
        assert pkg.old == "from the hook"
        with pytest.raises(AttributeError, match="no none"):
            _ = pkg.none
        assert (pkg.double(1), pkg.shout("c")) == (2, "C")


def test_a_name_that_is_lazy_in_its_module_too(tree: Tree) -> None:
    tree({**PACKAGE, "pkg/calc.py": "def __getattr__(name): return [name]\n"})
    pkg: Any = importlib.import_module("pkg")
    assert pkg.double == ["double"]
    assert pkg.double is pkg.double
    assert "half" not in vars(pkg)


def test_a_name_that_the_package_defines_itself_stays(tree: Tree) -> None:
    tree(PACKAGE)
    path = tree({})
    (path / "pkg/__init__.py").write_text(
        "import brisk.lazy\n"
        "brisk.lazy.attach(__name__, {'calc': ['double', 'half']})\n"
        "half = 'mine'\n"
    )
    pkg: Any = importlib.import_module("pkg")
    assert pkg.double(2) == 4
    assert pkg.half == "mine"


def test_a_function_named_as_its_module(tree: Tree) -> None:
    tree(
        {
            "pkg/__init__.py": "import brisk.lazy\nbrisk.lazy.attach(__name__, {'run': ['run']})\n",
            "pkg/run.py": "def run(): return 'ran'\n",
        }
    )
    pkg: Any = importlib.import_module("pkg")
    assert pkg.run() == "ran"
    assert pkg.run() == "ran"


def test_a_module_that_is_no_package_takes_its_siblings(tree: Tree) -> None:
    tree({**PACKAGE, "pkg/__init__.py": "", "pkg/api.py": PACKAGE["pkg/__init__.py"]})
    api: Any = importlib.import_module("pkg.api")
    assert api.double(3) == 6
    assert api.double is sys.modules["pkg.calc"].double


@pytest.mark.parametrize(
    ("broken", "name", "error", "said"),
    [
        ("absent", "x", ModuleNotFoundError, "No module named 'pkg.absent', which .*init.*py:2 "),
        ("calc", "tripel", ImportError, "cannot import name 'tripel' from 'pkg.calc', as .*py:2 "),
    ],
)
def test_what_is_promised_and_missing_is_told_with_its_line(
    tree: Tree, broken: str, name: str, error: type[ImportError], said: str
) -> None:
    front = f"import brisk.lazy\nbrisk.lazy.attach(__name__, {{{broken!r}: [{name!r}]}})\n"
    tree({**PACKAGE, "pkg/__init__.py": front})
    pkg = importlib.import_module("pkg")
    for _ in range(2):
        with pytest.raises(error, match=f"{said}.*correct the name there, or add the file"):
            getattr(pkg, name)
    with pytest.raises(error, match=said):
        exec(f"from pkg import {name}")


def test_an_error_inside_the_module_keeps_its_type_and_gets_a_note(tree: Tree) -> None:
    tree({**PACKAGE, "pkg/calc.py": "import nowhere_to_be_found\n", "pkg/text.py": "1 / 0\n"})
    pkg: Any = importlib.import_module("pkg")
    with pytest.raises(ModuleNotFoundError, match="'nowhere_to_be_found'") as caught:
        _ = pkg.double
    note = "".join(caught.value.__notes__)
    assert "the import of 'pkg.calc'" in note
    assert DECLARED in note
    with pytest.raises(ZeroDivisionError) as divided:
        _ = pkg.shout
    assert "the import of 'pkg.text'" in "".join(divided.value.__notes__)


def test_a_name_that_was_not_promised(tree: Tree) -> None:
    tree(PACKAGE)
    pkg = importlib.import_module("pkg")
    with pytest.raises(AttributeError, match="module 'pkg' has no attribute 'doubl'") as caught:
        getattr(pkg, "doubl")  # noqa: B009
    assert (caught.value.name, caught.value.obj) == ("doubl", pkg)
    assert not hasattr(pkg, "__wrapped__")


def test_a_circle_is_told(tree: Tree) -> None:
    tree(
        {
            "pkg/__init__.py": (
                "import brisk.lazy\nbrisk.lazy.attach(__name__, {'a': ['one'], 'c': ['three']})\n"
            ),
            "pkg/a.py": "import pkg.b\none = 1\n",
            "pkg/b.py": "from pkg import three\n",
            "pkg/c.py": "import pkg\nthree = pkg.one\n",
        }
    )
    pkg: Any = importlib.import_module("pkg")
    with pytest.raises(ImportError, match=r"pkg\.a -> pkg\.b -> pkg\.c -> pkg\.a is a circle"):
        _ = pkg.one


def test_a_circle_that_has_what_is_asked_is_none(tree: Tree) -> None:
    tree(
        {
            "pkg/__init__.py": (
                "import brisk.lazy\nbrisk.lazy.attach(__name__, {'a': ['one'], 'b': ['two']})\n"
            ),
            "pkg/a.py": "one = 1\nfrom pkg import two\none = 'final'\n",
            "pkg/b.py": "import pkg\ntwo = pkg.one + 1\n",
        }
    )
    importlib.import_module("pkg.a")
    pkg: Any = importlib.import_module("pkg")
    assert (pkg.one, pkg.two) == ("final", 2)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("no.such.module", {}), ValueError, "no module 'no.such.module'.*pass __name__"),
        (("json", {"a": "name"}), TypeError, "the names of 'a' are the string 'name'"),
        (("json", {}, "name"), TypeError, "submodules is the string 'name'"),
        (("json", {"a": ["x"], "b": ["x"]}), ValueError, "'x' comes from json.a and from json.b"),
    ],
)
def test_arguments_that_are_wrong(
    arguments: tuple[Any, ...], error: type[Exception], said: str
) -> None:
    import json

    import brisk.lazy

    before = dict(vars(json))
    with pytest.raises(error, match=said):
        brisk.lazy.attach(*arguments)
    assert vars(json) == before


@pytest.mark.parametrize("name", ["value", "broken"])
def test_threads_that_race_for_a_name(tree: Tree, name: str) -> None:
    tree(
        {
            "pkg/__init__.py": (
                "import brisk.lazy\nbrisk.lazy.attach(__name__, {'slow': ['value', 'broken']})\n"
                "runs = []\n"
            ),
            "pkg/slow.py": (
                "import pkg, time\npkg.runs.append(1)\ntime.sleep(0.05)\nvalue = object()\n"
            ),
        }
    )
    pkg: Any = importlib.import_module("pkg")
    barrier = threading.Barrier(16)
    answers: list[object] = []

    def touch() -> None:
        barrier.wait()
        try:
            answers.append(getattr(pkg, name))
        except ImportError as error:
            answers.append(str(error))

    threads = [threading.Thread(target=touch) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pkg.runs == [1]
    assert len(answers) == 16
    assert len(set(answers)) == 1
    assert isinstance(answers[0], str) == (name == "broken")


def test_threads_that_wait_for_an_import_that_fails_try_again(tree: Tree) -> None:
    tree(
        {
            "pkg/__init__.py": (
                "import brisk.lazy\nbrisk.lazy.attach(__name__, {'slow': ['value']})\nruns = []\n"
            ),
            "pkg/slow.py": (
                "import pkg, time\npkg.runs.append(1)\ntime.sleep(0.01)\n"
                "if len(pkg.runs) == 1: raise OSError('the first time')\nvalue = 7\n"
            ),
        }
    )
    barrier = threading.Barrier(8)

    def touch(pkg: Any, late: float, answers: list[object]) -> None:
        barrier.wait()
        time.sleep(late)
        try:
            answers.append(pkg.value)
        except Exception as error:
            answers.append(str(error))

    for turn in range(20):
        sys.modules.pop("pkg", None)
        sys.modules.pop("pkg.slow", None)
        pkg: Any = importlib.import_module("pkg")
        answers: list[object] = []
        starts = (0.0, 0.0, 0.0098, 0.01, 0.0101, 0.0102, 0.0104, 0.0106)
        threads = [threading.Thread(target=touch, args=(pkg, late, answers)) for late in starts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers, key=str) == [7] * 7 + ["the first time"], f"round {turn}"
        assert len(pkg.runs) == 2


def test_a_wait_that_ends_in_the_import_of_yet_another_thread(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rarest order of events in the test above: who waited finds the next import."""
    tree(PACKAGE)
    pkg: Any = importlib.import_module("pkg")
    tries: list[Any] = [ModuleType("pkg.calc") for _ in range(2)]
    for module in tries:
        module.__spec__ = SimpleNamespace(_initializing=True)
    monkeypatch.setitem(sys.modules, "pkg.calc", tries[0])
    waits = []
    ordinary = builtins.__import__

    def wait(name: str, *rest: Any) -> Any:
        if name != "pkg.calc":
            return ordinary(name, *rest)
        waits.append(name)
        if len(waits) == 1:  # the first import failed, and another thread has begun the second
            sys.modules["pkg.calc"] = tries[1]
        else:
            tries[1].double = tries[1].half = len
            tries[1].__spec__._initializing = False
        return pkg

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", wait)
        assert pkg.double is len
    assert waits == ["pkg.calc", "pkg.calc"]


def test_pickle_copy_doctest_help_and_inspect(tree: Tree) -> None:
    tree(PACKAGE)
    pkg: Any = importlib.import_module("pkg")
    assert doctest.testmod(pkg, extraglobs={"pkg": pkg}) == (0, 1)
    assert pickle.loads(pickle.dumps(pkg.shout)) is pkg.shout
    assert copy.deepcopy(pkg.double) is pkg.double
    assert "def double(x)" in inspect.getsource(pkg.double)
    text = pydoc.render_doc(pkg, renderer=pydoc.plaintext)
    assert "shout(x)" in text
    assert dict(inspect.getmembers(pkg))["half"] is pkg.half


def test_a_package_that_is_reloaded(tree: Tree) -> None:
    path = tree(PACKAGE)
    pkg: Any = importlib.import_module("pkg")
    assert pkg.double(1) == 2
    (path / "pkg/calc.py").write_text("def double(x): return 'new'\nhalf = None\n")
    importlib.reload(sys.modules["pkg.calc"])
    importlib.reload(pkg)
    assert "double" not in vars(pkg)
    assert pkg.double(1) == "new"


def test_eager(tree: Tree, run: Run) -> None:
    tree({**PACKAGE, "show.py": "import pkg, sys; print('pkg.calc' in sys.modules, 'ran')\n"})
    assert run("show.py") == "False ran\n"
    assert run("show.py", BRISK_EAGER="0") == "False ran\n"
    assert run("show.py", BRISK_EAGER="1") == "True ran\n"
    tree({"pkg/text.py": ""})
    assert run("show.py") == "False ran\n"
    assert "cannot import name 'shout'" in run("show.py", BRISK_EAGER="1", status=1)


def test_the_names_of_brisk_lazy_itself(run: Run) -> None:
    code = """
import sys, threading
import brisk.lazy
assert not [name for name in sys.modules if name.startswith("brisk.lazy.")]
assert set(brisk.lazy.__all__) <= set(dir(brisk.lazy))
assert not hasattr(brisk.lazy, "none")
barrier, seen = threading.Barrier(16), []
def touch(name):
    barrier.wait()
    seen.append(getattr(brisk.lazy, name).__name__)
names = [name for name in brisk.lazy.__all__ for _ in range(2)][:16]
threads = [threading.Thread(target=touch, args=(name,)) for name in names]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert sorted(seen) == sorted(names), seen
assert not hasattr(brisk.lazy, "none")
for name in brisk.lazy.__all__: getattr(brisk.lazy, name)
assert not hasattr(brisk.lazy, "none")
"""
    for _ in range(5):
        run("-X", "dev", "-c", code)
