"""Budgets for imports: what keeps to them, what does not, and brisk.lazy's own."""

from __future__ import annotations

import brisk.lazy
import pytest
from conftest import Tree

FILES = {
    "light.py": "value = 1\n",
    "pkg/__init__.py": "from pkg import slow, quick\n",
    "pkg/slow.py": "import time\ntime.sleep(0.05)\n",
    "pkg/quick.py": "",
    "fails.py": "raise OSError('no licence')\n",
}


def test_what_keeps_to_it_is_returned(tree: Tree) -> None:
    tree(FILES)
    cost = brisk.lazy.budget("light", milliseconds=50, modules=1, without=["pkg", "json"], tries=2)
    assert cost.modules == ("light",)
    assert 0 < cost.milliseconds < 50


def test_what_takes_too_long_names_the_dearest(tree: Tree) -> None:
    tree(FILES)
    with pytest.raises(brisk.lazy.OverBudget) as caught:
        brisk.lazy.budget("import pkg.quick", milliseconds=20, tries=2)
    said = str(caught.value).splitlines()
    assert said[0].startswith("import pkg.quick: it took ")
    assert said[0].endswith("ms (best of 2), and may take 20.")
    assert said[2].split()[1:] == ["ms", "pkg.slow"]
    assert float(said[2].split()[0]) >= 50
    assert caught.value.cost.milliseconds >= 50
    assert isinstance(caught.value, AssertionError)


def test_what_loads_too_much(tree: Tree) -> None:
    tree(FILES)
    with pytest.raises(brisk.lazy.OverBudget, match="it loaded 3 modules, and may load 2"):
        brisk.lazy.budget("pkg", modules=2, tries=1)
    with pytest.raises(brisk.lazy.OverBudget, match="it loaded pkg.slow, which it may not"):
        brisk.lazy.budget("pkg", without="pkg.slow", tries=1)
    with pytest.raises(brisk.lazy.OverBudget, match=r"it loaded json\S*, which it may not"):
        brisk.lazy.budget("from json import tool", without=["json"], tries=1)
    brisk.lazy.budget("pkg", without=["pk", "pkg.s"], tries=1)


def test_code_that_fails_is_no_question_of_budget(tree: Tree) -> None:
    tree(FILES)
    with pytest.raises(RuntimeError, match=r"import fails: status 1\n(.|\n)*OSError: no licence"):
        brisk.lazy.budget("fails", milliseconds=50)
    with pytest.raises(RuntimeError, match="no end within 1 s"):
        brisk.lazy.budget("import time; time.sleep(30)", milliseconds=50, timeout=1)


def test_arguments_that_are_wrong() -> None:
    with pytest.raises(ValueError, match="there is nothing to hold it to"):
        brisk.lazy.budget("json")
    with pytest.raises(ValueError, match="tries is 0: at least 1"):
        brisk.lazy.budget("json", modules=1, tries=0)


def test_eager_is_not_passed_on(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree({**FILES, "app.py": "import brisk.lazy\npkg = brisk.lazy.module('pkg')\n"})
    monkeypatch.setenv("BRISK_EAGER", "1")
    brisk.lazy.budget("app", without=["pkg"], tries=1)


def test_brisk_lazy_keeps_to_one_itself() -> None:
    names = "attach, attach_stub, module, Registry"
    dear = ["typing", "enum", "dataclasses", "re", "inspect", "ast", "collections", "functools"]
    dear += ["contextlib", "importlib", "threading", "pathlib", "json", "subprocess"]
    cost = brisk.lazy.budget(f"from brisk.lazy import {names}", milliseconds=10, without=dear)
    assert "brisk._lazy.budget" not in cost.modules
