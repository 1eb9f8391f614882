"""Modules that wait for their first use: before it, at it, after it, and when it fails."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import pydoc
import sys
import threading
from types import ModuleType
from typing import Any

import brisk.lazy
import pytest
from conftest import Run, Tree

HEAVY = {
    "heavy/__init__.py": """
        '''A module that is dear to load.'''
        __version__ = "1.4.2"
        import time
        time.sleep(0.02)
        answer = 42
        def double(x): return 2 * x
        """,
    "heavy/part.py": "name = 'part'\n",
}
APP = "import brisk.lazy\nheavy = brisk.lazy.module('heavy')\ndef answer(): return heavy.answer\n"


def is_loaded() -> bool:
    return "heavy" in sys.modules


def test_the_first_use_puts_the_module_in_its_place(tree: Tree) -> None:
    tree({**HEAVY, "app.py": APP})
    app: Any = importlib.import_module("app")
    assert not is_loaded()
    assert app.answer() == 42
    assert app.heavy is sys.modules["heavy"]
    assert type(app.heavy) is ModuleType


def test_who_imported_the_stand_in_gets_the_module_too(tree: Tree) -> None:
    tree({**HEAVY, "app.py": APP, "other.py": "from app import heavy as h, answer\n"})
    other: Any = importlib.import_module("other")
    assert other.h is not None
    assert not is_loaded()
    assert other.answer() == 42
    assert other.h is sys.modules["heavy"]


def test_what_is_kept_elsewhere_is_forwarded(tree: Tree) -> None:
    tree(HEAVY)
    kept: Any = brisk.lazy.module("heavy")
    assert kept.double(3) == 6
    real: Any = sys.modules["heavy"]
    assert kept is not real
    kind = type(kept)
    kept.answer = 43
    assert real.answer == 43
    assert type(kept) is kind  # it was not loaded again
    real.late = 1
    assert kept.late == 1
    del kept.late
    assert not hasattr(real, "late")
    assert vars(kept) is vars(real)
    assert dir(kept) == dir(real)
    assert repr(kept) == repr(real)
    assert isinstance(kept, ModuleType)
    with pytest.raises(AttributeError, match="module 'heavy' has no attribute 'none'"):
        _ = kept.none


@pytest.mark.parametrize("change", ["set", "delete"])
def test_a_change_is_a_use(tree: Tree, change: str) -> None:
    tree(HEAVY)
    lazy: Any = brisk.lazy.module("heavy")
    if change == "set":
        lazy.answer = 1
        assert sys.modules["heavy"].answer == 1
    else:
        del lazy.answer
        assert not hasattr(sys.modules["heavy"], "answer")


def test_what_loads_nothing(tree: Tree) -> None:
    tree(HEAVY)
    lazy = brisk.lazy.module("heavy")
    line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]
    assert repr(lazy) == f"<lazy module 'heavy', declared at {__file__}:{line}>"
    assert isinstance(lazy, ModuleType)
    assert inspect.ismodule(lazy)
    assert lazy
    assert lazy.__name__ == "heavy"
    assert not hasattr(lazy, "__wrapped__")
    assert inspect.unwrap(lazy) is lazy  # type: ignore[arg-type]
    assert {lazy: 1}[lazy] == 1
    again = pickle.loads(pickle.dumps({"it": lazy}))["it"]
    assert "lazy module 'heavy'" in repr(again)
    assert "lazy module 'heavy'" in repr(copy.copy(lazy))
    assert "lazy module 'heavy'" in repr(copy.deepcopy([lazy])[0])
    assert not is_loaded()


def test_pickle_and_copy_after_the_use(tree: Tree) -> None:
    tree(HEAVY)
    lazy: Any = brisk.lazy.module("heavy")
    assert lazy.answer == 42
    for same in (pickle.loads(pickle.dumps(lazy)), copy.copy(lazy), copy.deepcopy([lazy])[0]):
        assert same is sys.modules["heavy"]


@pytest.mark.parametrize("use", [dir, vars, inspect.getsource, inspect.getdoc, pydoc.render_doc])
def test_looking_inside_is_a_use(tree: Tree, use: Any) -> None:
    tree(HEAVY)
    said = str(use(brisk.lazy.module("heavy")))
    assert is_loaded()
    assert "double" in said or "dear to load" in said


def test_a_module_that_is_loaded_already_is_returned() -> None:
    assert brisk.lazy.module("json") is sys.modules["json"]


def test_a_submodule_and_its_parent_wait(tree: Tree) -> None:
    tree(HEAVY)
    part: Any = brisk.lazy.module("heavy.part")
    assert not is_loaded()
    assert part.name == "part"


def test_a_module_that_puts_something_else_in_its_place(tree: Tree) -> None:
    tree(
        {
            "odd.py": """
                import sys, types
                class Odd(types.ModuleType):
                    def __getattr__(self, name): return name.upper()
                sys.modules[__name__] = Odd("another")
                """,
            "app.py": "import brisk.lazy\nodd = brisk.lazy.module('odd')\n",
        }
    )
    app: Any = importlib.import_module("app")
    kept = app.odd
    assert (kept.first, kept.second, kept.__name__) == ("FIRST", "SECOND", "another")
    assert app.odd is sys.modules["odd"]


def test_names_that_start_with_dots(tree: Tree) -> None:
    tree(
        {
            **HEAVY,
            "heavy/user.py": "from brisk.lazy import module\npart = module('.part')\n",
            "alone.py": "from brisk.lazy import module\npart = module('.part')\n",
        }
    )
    assert importlib.import_module("heavy.user").part.name == "part"
    with pytest.raises(ImportError, match="'.part' leads out of the package ''"):
        importlib.import_module("alone")
    for name in ("", ".", "a."):
        with pytest.raises((ValueError, ImportError)):
            brisk.lazy.module(name)


def test_what_is_missing_is_told_at_each_use_until_it_is_there(tree: Tree) -> None:
    tree({"app.py": APP})
    app: Any = importlib.import_module("app")
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError) as caught:
            app.answer()
        assert caught.value.name == "heavy"
        said = str(caught.value)
        assert "No module named 'heavy', which " in said
        assert "app.py:2 declares as lazy: install it (pip install 'heavy')" in said
    tree(HEAVY)
    importlib.invalidate_caches()
    assert app.answer() == 42


def test_a_module_that_was_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "heavy", None)
    lazy: Any = brisk.lazy.module("heavy")
    with pytest.raises(ModuleNotFoundError, match="which .* declares as lazy"):
        _ = lazy.answer


def test_a_module_that_fails_keeps_its_error(tree: Tree) -> None:
    tree({"heavy.py": "raise OSError('no licence')\n"})
    lazy: Any = brisk.lazy.module("heavy")
    with pytest.raises(OSError, match="no licence") as caught:
        _ = lazy.answer
    assert f"'heavy', which {__file__}:" in "".join(caught.value.__notes__)


def test_error_on_import_looks_and_imports_nothing(tree: Tree) -> None:
    tree(HEAVY)
    for name in ("absent", "heavy.absent", "heavy.part.absent"):
        with pytest.raises(ModuleNotFoundError, match=f"'{name}', which .* wants: install it"):
            brisk.lazy.module(name, error_on_import=True)
    part = brisk.lazy.module("heavy.part", error_on_import=True)
    assert not is_loaded()
    assert part.name == "part"
    assert brisk.lazy.module("json.tool", error_on_import=True).main


@pytest.mark.parametrize(
    "require", [">=1.4", "== 1.4.2", ">1.3.9, <2, !=1.5", "<= 1.10", "<1.4.10"]
)
def test_versions_that_will_do(tree: Tree, require: str) -> None:
    tree(HEAVY)
    assert brisk.lazy.module("heavy", require).answer == 42


@pytest.mark.parametrize("require", [">1.4.2", ">=1.4.3", "<1.4", ">=1, !=1.4.2", "<1.4.2.dev1"])
def test_versions_that_will_not(tree: Tree, require: str) -> None:
    tree(HEAVY)
    lazy: Any = brisk.lazy.module("heavy", require)
    for _ in range(2):
        with pytest.raises(ImportError, match=r"heavy is 1\.4\.2, and .*py:\d+ requires") as caught:
            _ = lazy.answer
        assert f"pip install 'heavy{require}'" in str(caught.value)
    with pytest.raises(ImportError, match=r"heavy is 1\.4\.2"):
        brisk.lazy.module("heavy", require)  # loaded already: at once


def test_the_version_of_a_distribution(tree: Tree) -> None:
    path = tree(
        {**HEAVY, "heavy_dist-3.0rc1.dist-info/METADATA": "Name: heavy-dist\nVersion: 3.0rc1\n"}
    )
    assert path
    assert brisk.lazy.module("heavy", "heavy-dist<3").answer == 42
    with pytest.raises(ImportError, match="heavy is 3.0rc1.*pip install 'heavy-dist>=3'"):
        brisk.lazy.module("heavy", "heavy-dist>=3")
    with pytest.raises(ImportError, match="no-such-dist"):
        brisk.lazy.module("heavy", "no-such-dist>=3")


@pytest.mark.parametrize("require", ["", "heavy", "1.4", ">=", "~=1.4", ">=1,", ">=x", "=>1"])
def test_requirements_that_cannot_be_read(require: str) -> None:
    with pytest.raises(ValueError, match="is no requirement: write '>=1.26, <3'"):
        brisk.lazy.module("heavy", require)


def test_the_order_of_releases() -> None:
    from brisk._lazy.require import release

    order = ["0.9", "1.0.dev1", "1", "1.0.post2", "1.0.1rc1", "1.0.1", "1.9", "1.10.0", "2!"[:1]]
    assert sorted(order, key=release) == order
    assert release("v1.0.0+cu118") == release("1")


def test_threads_that_race_for_a_module(tree: Tree) -> None:
    tree({**HEAVY, "app.py": APP})
    app: Any = importlib.import_module("app")
    kept = app.heavy
    barrier = threading.Barrier(16)
    answers: list[object] = []

    def touch(number: int) -> None:
        barrier.wait()
        answers.append(app.heavy.answer if number % 2 else kept.double(21))

    threads = [threading.Thread(target=touch, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [42] * 16
    assert app.heavy is sys.modules["heavy"]


def test_modules_that_need_each_other(tree: Tree) -> None:
    tree(
        {
            "one.py": "from brisk.lazy import module\ntwo = module('two')\ndef f(): return two.x\n",
            "two.py": "from brisk.lazy import module\none = module('one')\nx = 1\ny = one.f()\n",
        }
    )
    one: Any = importlib.import_module("one")
    assert one.f() == 1
    assert one.two is sys.modules["two"]
    assert sys.modules["two"].one is one


def test_reload_and_patches_reach_the_module(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tree({**HEAVY, "app.py": APP})
    app: Any = importlib.import_module("app")
    with monkeypatch.context() as patch:
        patch.setattr("app.heavy.answer", 7)
        assert app.answer() == 7
    assert app.answer() == 42
    (path / "heavy/__init__.py").write_text("answer = 'a new one'\n")
    importlib.reload(app.heavy)
    assert app.answer() == "a new one"


def test_eager(tree: Tree, run: Run) -> None:
    tree({**HEAVY, "show.py": f"{APP}import sys\nprint(sys.modules.get('heavy') is heavy)\n"})
    assert run("show.py") == "False\n"
    assert run("show.py", BRISK_EAGER="1") == "True\n"
    assert "No module named 'gone'" in run(
        "-c", "import brisk.lazy; brisk.lazy.module('gone')", status=1, BRISK_EAGER="1"
    )


def test_pytest_and_doctest_pass_over_what_is_missing(tree: Tree, run: Run) -> None:
    tree(
        {
            **HEAVY,
            "test_app.py": """
                import abc, sys
                import brisk.lazy
                gone = brisk.lazy.module("gone")
                heavy = brisk.lazy.module("heavy")

                class Base(abc.ABC):
                    tool = gone

                def double(x):
                    '''Doubles.

                    >>> double(3)
                    6
                    '''
                    return 2 * x

                def test_nothing_was_loaded():
                    assert "heavy" not in sys.modules

                def test_double():
                    assert double(2) == 4
                """,
        }
    )
    said = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_app.py")
    assert "2 passed" in said
    said = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules", "test_app.py")
    assert "3 passed" in said
    assert "1 passed" in run("-m", "doctest", "-v", "test_app.py")
