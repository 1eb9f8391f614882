"""Modules and memory: loaders live as long as their set, and not longer."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import Any, cast

import brisk
import pytest
from brisk import Modules
from loaders import Held, eventually, fails


class Part:
    """What a loader holds on to."""

    def load(self) -> None:
        """Nothing to do."""


def test_loaders_live_as_long_as_their_set() -> None:
    modules = Modules()
    part = Part()
    gone = weakref.ref(part)
    modules.add("part", part.load)
    del part
    gc.collect()
    assert gone() is not None
    modules.load("part")
    del modules
    assert gone() is None


@pytest.mark.parametrize("end", ["dropped", "loaded", "failed", "closed"])
def test_a_loader_that_knows_its_set_is_collected(end: str) -> None:
    def use() -> tuple[weakref.ref[Part], weakref.ref[Modules]]:
        modules = Modules()
        part = Part()

        def load() -> object:
            assert modules.state("part") == "loading", part
            return fails() if end == "failed" else modules

        modules.add("part", load)
        if end != "dropped":
            try:
                modules.load("part")
            except brisk.LoadFailed:
                assert end == "failed"
        if end == "closed":
            modules.close()
        return weakref.ref(part), weakref.ref(modules)

    gone = use()
    gc.collect()
    assert [one() for one in gone] == [None, None]


def test_nothing_leaks() -> None:
    loader = Part().load

    def use() -> None:
        modules = Modules()
        modules.add(
            "part", loader, version=f"{gc.isenabled()}.1", dependencies=["first"], warm_up=repr
        )
        modules.add("first", loader)
        modules.add("bad", fails)
        modules.load("part")
        for call in (
            lambda: modules.load("bad"),
            lambda: modules.add("bad", loader),
            lambda: modules.add("a b", loader),
            lambda: modules.add("part3", loader, version=cast("Any", 5)),
            lambda: modules.load_all(),
            lambda: modules.symbol("part", "x"),
        ):
            with pytest.raises((brisk.Error, TypeError)):
                call()
        modules.retry("bad")
        modules.state("bad")
        str(modules.report()[0])
        modules.close()

    def rounds(count: int) -> int:
        for _ in range(count):
            use()
        gc.collect()
        return sys.getallocatedblocks()

    before = rounds(20)
    assert rounds(200) - before < 50


def test_a_set_may_go_while_it_loads() -> None:
    """What is in hand ends, and what has not begun never does."""
    for _ in range(20):
        modules = Modules()
        held = Held()
        later: list[int] = []
        modules.add("held", held)
        modules.add("later", lambda later=later: later.append(1))
        modules.preload()
        assert held.runs.wait(20)
        del modules
        gc.collect()
        held.may_end.set()
        gone = weakref.ref(held)
        del held
        assert eventually(lambda gone=gone: gone() is None)
        assert later == []
