"""Commands that are imported by their call, and by nothing else."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import brisk.lazy
import pytest
from conftest import Run, Tree

COMMANDS = {
    "cmds/__init__.py": "",
    "cmds/alias.py": """
        import sys
        def main(argv):
            print("alias", argv, sys.argv)
            return len(argv)
        """,
    "cmds/split.py": """
        import argparse
        class Tool:
            @staticmethod
            def run():
                argparse.ArgumentParser().parse_args()
        """,
    "cmds/broken.py": "import nowhere_to_be_found\n",
}


@pytest.fixture
def tools(tree: Tree) -> brisk.lazy.Registry:
    tree(COMMANDS)
    tools = brisk.lazy.Registry()
    tools.add("alias", "cmds.alias:main", "Rename a column.")
    tools.add("split-table", "cmds.split:Tool.run", "Split a table.")
    tools.add("broken", "cmds.broken:main")
    tools.add("typo", "cmds.alias:mian", "Not there.")
    return tools


def test_a_call_imports_one(tools: brisk.lazy.Registry, capsys: pytest.CaptureFixture[str]) -> None:
    assert tools["alias"](["a"]) == 1
    assert "alias ['a']" in capsys.readouterr().out
    assert "cmds.alias" in sys.modules
    assert "cmds.split" not in sys.modules
    assert [tool.name for tool in tools.values() if tool.loaded] == ["alias"]
    assert tools["alias"].load() is sys.modules["cmds.alias"].main


def test_listing_imports_nothing(tools: brisk.lazy.Registry) -> None:
    assert isinstance(tools, Mapping)
    assert list(tools) == ["alias", "split-table", "broken", "typo"]
    assert len(tools) == 4
    assert "alias" in tools
    assert "other" not in tools
    assert next(iter(tools.values())).summary == "Rename a column."
    assert tools["alias"].place.startswith(__file__)
    assert repr(tools["alias"]) == "<tool 'alias': cmds.alias:main>"
    assert repr(tools) == "<registry of 4 tools, 0 loaded>"
    assert tools.describe().splitlines() == [
        "  alias        Rename a column.",
        "  split-table  Split a table.",
        "  broken",
        "  typo         Not there.",
    ]
    assert "cmds" not in sys.modules


def test_an_unknown_name_says_what_comes_close(tools: brisk.lazy.Registry) -> None:
    with pytest.raises(KeyError) as caught:
        tools["alais"]
    assert isinstance(caught.value, brisk.lazy.UnknownTool)
    assert str(caught.value) == "there is no tool 'alais'; did you mean alias?"
    with pytest.raises(brisk.lazy.UnknownTool, match="there are alias, split-table, broken, typo"):
        tools["zzz"]
    assert tools.get("zzz") is None


def test_a_target_that_fails(tools: brisk.lazy.Registry) -> None:
    with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found") as caught:
        tools["broken"]()
    assert __file__ in "".join(caught.value.__notes__)
    with pytest.raises(ImportError, match="'cmds.alias' has no 'mian', the tool 'typo' of .*py:"):
        tools["typo"]()


def test_additions_that_are_refused(tools: brisk.lazy.Registry) -> None:
    for target in ("cmds.alias", "cmds.alias:", ":main", "cmds alias:main", "cmds.alias:main()"):
        with pytest.raises(ValueError, match="is no target: write 'package.module:function'"):
            tools.add("other", target)
    with pytest.raises(ValueError, match="'alias' was added at .*: pass replace=True"):
        tools.add("alias", "cmds.split:main")
    assert tools["alias"].target == "cmds.alias:main"
    tools.add("alias", "cmds.split:Tool", replace=True)
    assert tools["alias"].target == "cmds.split:Tool"


def test_main_runs_what_the_arguments_name(
    tools: brisk.lazy.Registry, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tools.main(["alias", "x", "y"], prog="tool") == 2
    assert capsys.readouterr().out == "alias ['x', 'y'] ['tool alias', 'x', 'y']\n"
    assert tools.main(["split-table"]) == 0
    monkeypatch.setattr(sys, "argv", ["/usr/bin/tool", "split-table", "--help"])
    with pytest.raises(SystemExit):
        tools.main()
    assert "usage: tool split-table [-h]" in capsys.readouterr().out
    assert sys.argv == ["/usr/bin/tool", "split-table", "--help"]


def test_main_lists_and_refuses(
    tools: brisk.lazy.Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    for word in ("-h", "--help", "help"):
        assert tools.main([word], prog="tool") == 0
        out = capsys.readouterr().out
        assert out.startswith("usage: tool COMMAND [ARGUMENT...]\n\n  alias        Rename")
    assert tools.main([], prog="tool") == 2
    assert capsys.readouterr().err.startswith("usage: tool")
    assert tools.main(["alais"], prog="tool") == 2
    assert capsys.readouterr().err == "tool: there is no tool 'alais'; did you mean alias?\n"
    assert "cmds" not in sys.modules


def test_entry_points_are_added(tools: brisk.lazy.Registry, tree: Tree) -> None:
    entry_points = "[tool.commands]\nextra = cmds.split:Tool.run\nalias = cmds.split:Tool\n"
    tree(
        {
            "extras-1.0.dist-info/METADATA": "Name: extras\nVersion: 1.0\n",
            "extras-1.0.dist-info/entry_points.txt": entry_points,
        }
    )
    assert tools.add_entry_points("tool.commands") == 1
    assert tools["alias"].target == "cmds.alias:main"
    assert tools["extra"].summary == "from extras"
    assert "entry points 'tool.commands' of extras" in tools["extra"].place
    assert "cmds" not in sys.modules
    assert tools["extra"].load() is sys.modules["cmds.split"].Tool.run


def test_eager(tree: Tree, run: Run) -> None:
    tree(COMMANDS)
    code = (
        "import sys, brisk.lazy; tools = brisk.lazy.Registry();"
        "tools.add('a', 'cmds.alias:main'); print('cmds.alias' in sys.modules)"
    )
    assert run("-c", code) == "False\n"
    assert run("-c", code, BRISK_EAGER="1") == "True\n"
