"""Commands that are imported when they are called: the front of a command-line program."""

import sys
from _collections_abc import (
    Iterator,
    Mapping,
)  # of collections.abc, which imports more than it uses

from brisk._lazy import loading
from brisk.lazy import _eager, _place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

VARIABLE = 0x04  # inspect.CO_VARARGS
MEND = "correct the target there, or install what has it"


class UnknownTool(KeyError):
    """There is no tool of that name; says which come close."""

    def __str__(self) -> str:
        return str(self.args[0])


class Tool:
    """One command: calling it imports its module and calls what the target names.

    ``name``, ``target`` ("package.module:function") and ``summary`` are as they were added;
    ``place`` is the file and line that did. Reading them imports nothing.
    """

    __slots__ = ("_function", "name", "place", "summary", "target")

    def __init__(self, name: str, target: str, summary: str, place: str) -> None:
        self.name, self.target, self.summary, self.place = name, target, summary, place
        self._function: Any = None

    def __call__(self, *args: "Any", **kwargs: "Any") -> "Any":
        return self.load()(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<tool {self.name!r}: {self.target}{', loaded' if self.loaded else ''}>"

    @property
    def loaded(self) -> bool:
        return self._function is not None

    def load(self) -> "Any":
        """Imports the module, once, and returns the function. Raises what the import raises."""
        if self._function is None:
            source, _, path = self.target.partition(":")
            value: Any = loading.load(source, self.place, MEND)
            for attribute in path.split("."):
                try:
                    value = getattr(value, attribute)
                except AttributeError as error:
                    text = f"{source!r} has no {path!r}, the tool {self.name!r} of {self.place}"
                    raise ImportError(f"{text}: {MEND}", name=source) from error
            self._function = value
        return self._function


class Registry(Mapping[str, Tool]):
    """The commands of a program, by name, in the order in which they were added.

        tools = brisk.lazy.Registry()
        tools.add("alias", "pkg.commands.alias:main", "Rename the columns of a table.")
        tools["alias"](["--help"])        # imports pkg.commands.alias, and nothing else
        sys.exit(tools.main())            # or, as an entry point: prog = "pkg.cli:tools.main"

    A mapping of names to ``Tool``; iterating, ``describe()`` and help import nothing. A name that
    is not there raises ``UnknownTool``, a KeyError. Add from one thread, use from any.
    """

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def add(self, name: str, target: str, summary: str = "", *, replace: bool = False) -> Tool:
        """Adds a command; ``target`` is "package.module:function".

        ValueError when the target is of another form, or the name taken and ``replace`` not set.
        """
        return self._add(Tool(name, target, summary, _place(1)), replace)

    def _add(self, tool: Tool, replace: bool) -> Tool:
        source, _, path = tool.target.partition(":")
        if not all(part.isidentifier() for part in (*source.split("."), *path.split("."))):
            raise ValueError(f"{tool.target!r} is no target: write 'package.module:function'")
        known = self._tools.get(tool.name)
        if known and not replace:
            text = f"the tool {tool.name!r} was added at {known.place}"
            raise ValueError(f"{text}: pass replace=True, or take another name")
        self._tools[tool.name] = tool
        loading.declared.append((source, tool.place))
        if _eager():
            tool.load()
        return tool

    def add_entry_points(self, group: str) -> int:
        """Adds the entry points of this group of what is installed; returns how many.

        Reads the metadata of every distribution, which takes some milliseconds, and imports none of
        them. A name that is taken stays with who has it.
        """
        from importlib.metadata import entry_points

        count = 0
        for point in entry_points(group=group):
            if point.name not in self._tools and point.attr:
                owner = point.dist.name if point.dist else ""
                place = f"the entry points {group!r} of {owner or 'a distribution'}"
                target = f"{point.module}:{point.attr}"
                self._add(Tool(point.name, target, f"from {owner}" if owner else "", place), False)
                count += 1
        return count

    def __getitem__(self, name: str) -> Tool:
        try:
            return self._tools[name]
        except KeyError:
            raise UnknownTool(self._unknown(name)) from None

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def __iter__(self) -> Iterator[str]:
        return iter(self._tools)

    def __len__(self) -> int:
        return len(self._tools)

    def __repr__(self) -> str:
        return f"<registry of {len(self)} tools, {sum(t.loaded for t in self.values())} loaded>"

    def _unknown(self, name: str) -> str:
        from difflib import get_close_matches

        close = get_close_matches(name, self._tools, n=3, cutoff=0.5)
        text = f"there is no tool {name!r}"
        if close:
            return f"{text}; did you mean {' or '.join(close)}?"
        return f"{text}; there are {', '.join(self._tools) or 'none'}"

    def describe(self) -> str:
        """A line for each command: its name and what it does. Imports nothing."""
        width = max(map(len, self._tools), default=0)
        return "\n".join(f"  {t.name:<{width}}  {t.summary}".rstrip() for t in self.values())

    def main(self, argv: "Sequence[str] | None" = None, prog: str | None = None) -> int:
        """Runs the command that the arguments name; returns the exit status of the program.

        ``argv`` (default ``sys.argv[1:]``) starts with the name. The function is called with a list
        of the arguments that follow, or with none when it takes none; sys.argv is set for the time
        of the call, so that argparse names program and command. What it returns is the status, None
        for 0. ``-h``, ``--help`` and ``help`` list the commands; no or an unknown command is status
        2.
        """
        import os.path

        arguments = list(sys.argv[1:] if argv is None else argv)
        prog = prog or os.path.basename(sys.argv[0]) or "tools"  # noqa: PTH119
        usage = f"usage: {prog} COMMAND [ARGUMENT...]\n\n{self.describe()}"
        if not arguments:
            print(usage, file=sys.stderr)
            return 2
        name, *rest = arguments
        if name not in self:
            if name in ("-h", "--help", "help"):
                print(usage)
                return 0
            print(f"{prog}: {self._unknown(name)}", file=sys.stderr)
            return 2
        function = self[name].load()
        saved, sys.argv = sys.argv, [f"{prog} {name}", *rest]
        try:
            status = function(rest) if takes_arguments(function) else function()
        finally:
            sys.argv = saved
        return 0 if status is None else int(status)


def takes_arguments(function: "Any") -> bool:
    code = getattr(function, "__code__", None)
    return code is None or bool(code.co_argcount or code.co_flags & VARIABLE)
