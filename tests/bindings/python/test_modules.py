"""Modules: order, one load each, failures and retry, circles, timeouts, reports, interrupts."""

from __future__ import annotations

import json
import math
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brisk
import pytest
from brisk import Modules
from loaders import Held, eventually, fails, on_thread


def test_a_module_is_loaded_at_its_first_use_after_what_it_needs(modules: Modules) -> None:
    order: list[str] = []

    @modules.add("app", version="1.2", dependencies=["store", "net"], warm_up=order.append)
    def app() -> str:
        order.append("app")
        return "the app"

    assert modules.add("store", lambda: order.append("store")) is not None
    modules.add("net", lambda: order.append("net"), dependencies="store, base")
    modules.add("base", lambda: order.append("base"))
    assert callable(app)
    assert order == []
    assert modules.state("app") == "unloaded"
    assert modules.load("app") == "the app"
    assert order == ["store", "base", "net", "app", "the app"]
    assert modules.load("app", timeout=0) == "the app"
    assert modules.load("net") is None
    assert len(order) == 5
    assert modules.state("net") == "loaded"
    assert modules.state("nobody") is None


def test_many_threads_load_once(modules: Modules) -> None:
    loads: list[int] = []

    def load() -> object:
        loads.append(1)
        time.sleep(0.05)  # the others come meanwhile, and this gives up the GIL
        return made

    made = object()
    modules.add("part", load)
    modules.add("above", lambda: modules.load("part"), dependencies=["part"])
    answers = [on_thread(lambda: modules.load("above")) for _ in range(20)]
    assert [answer() for answer in answers] == [made] * 20
    assert loads == [1]


def test_what_a_loader_raises_is_the_reason_and_the_cause(modules: Modules) -> None:
    works = False

    def part() -> str:
        return "works" if works else fails()

    modules.add("part", part)
    modules.add("above", lambda: "above", dependencies=["part"])
    for _ in range(2):  # kept until it is tried again
        with pytest.raises(brisk.LoadFailed) as caught:
            modules.load("above")
        assert str(caught.value) == (
            "module above needs part: module part: its callback returned BRISK_LOAD_FAILED: "
            "ValueError: no license"
        )
        cause = caught.value.__cause__
        assert isinstance(cause, ValueError)
        assert cause.__traceback__ is not None
        assert cause.__traceback__.tb_frame.f_code is part.__code__
    assert modules.state("above") == modules.state("part") == "failed"
    works = True
    assert modules.retry("above")
    assert modules.state("part") == "unloaded"
    assert modules.load("above") == "above"
    assert modules.load("part") == "works"
    assert not modules.retry("nobody")


def test_a_cause_is_of_this_failure(modules: Modules) -> None:
    """Not of an older one, and not where no loader raised anything."""
    modules.add("part", fails, dependencies=["base"])
    modules.add("base", int)
    with pytest.raises(brisk.LoadFailed) as caught:
        modules.load("part")
    assert isinstance(caught.value.__cause__, ValueError)
    modules.add("between", int, dependencies=["base", "part"])
    modules.add("above", int, dependencies=["between"])
    with pytest.raises(brisk.LoadFailed, match="between needs part: module part:") as caught:
        modules.load("above")
    assert isinstance(caught.value.__cause__, ValueError)
    modules.add("other", int, dependencies=["nobody", "part"])
    with pytest.raises(brisk.LoadFailed, match="there is no module of this name") as caught:
        modules.load("other")
    assert caught.value.__cause__ is None
    with pytest.raises(brisk.LoadFailed, match='no module "absent"') as caught:
        modules.load("absent")
    assert caught.value.__cause__ is None


def test_a_failing_warm_up_is_a_failure(modules: Modules) -> None:
    modules.add("part", int, warm_up=lambda value: fails(f"cold at {value}"))
    with pytest.raises(brisk.LoadFailed, match="its warm-up returned .* cold at 0"):
        modules.load("part")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError(), ": ValueError"),
        (ValueError("ä\ud800!" + "é" * 600), ": ValueError: ä?!" + "é" * 503),  # of 1023 bytes
        (KeyError("a\0b"), r": KeyError: 'a\x00b'"),
        (type("Mute", (Exception,), {"__str__": lambda self: 1})(), ": Mute"),
    ],
    ids=["without text", "long", "with NUL", "without a voice"],
)
def test_a_reason_is_text_whatever_is_raised(
    modules: Modules, error: Exception, reason: str
) -> None:
    def load() -> None:
        raise error

    modules.add("part", load)
    with pytest.raises(brisk.LoadFailed) as caught:
        modules.load("part")
    assert str(caught.value).endswith(f"BRISK_LOAD_FAILED{reason}")
    assert caught.value.__cause__ is error


def test_circles_are_named(modules: Modules) -> None:
    modules.add("one", int, dependencies=["two"])
    modules.add("two", int, dependencies=["one"])
    with pytest.raises(brisk.Deadlock, match="one -> two -> one|two -> one -> two"):
        modules.load("one")
    modules.add("self", lambda: modules.load("self"))
    with pytest.raises(brisk.LoadFailed, match="Deadlock: .*self -> self") as caught:
        modules.load("self")
    assert isinstance(caught.value.__cause__, brisk.Deadlock)


def test_loads_that_wait_for_each_other_are_told(modules: Modules) -> None:
    both = threading.Barrier(2)

    def loads(other: str) -> Callable[[], Any]:
        def load() -> Any:
            both.wait(20)
            return modules.load(other)

        return load

    modules.add("left", loads("right"))
    modules.add("right", loads("left"))
    answers = [on_thread(lambda name=name: modules.load(name)) for name in ("left", "right")]
    told = [answer() for answer in answers]
    assert all(isinstance(one, brisk.LoadFailed) for one in told)
    assert all("loads wait for each other in a circle" in str(one) for one in told)


def test_waits_end_with_their_timeout(modules: Modules) -> None:
    held = Held()
    modules.add("held", held)
    answer = on_thread(lambda: modules.load("held"))
    assert held.runs.wait(20)
    assert modules.state("held") == "loading"
    for timeout, least in ((0, 0.0), (0.12, 0.12)):
        began = time.monotonic()
        with pytest.raises(brisk.Timeout, match="module held was not loaded within the timeout"):
            modules.load("held", timeout)
        assert least <= time.monotonic() - began < 10
    with pytest.raises(brisk.Timeout):
        modules.load_all(2, timeout=0.05)
    held.may_end.set()
    assert answer() == "held"
    assert modules.load("held", timeout=math.inf) == "held"


def test_the_set_has_a_timeout() -> None:
    with Modules(load_timeout=0.01) as modules:
        held = Held()
        modules.add("held", held)
        answer = on_thread(lambda: modules.load("held"))
        assert held.runs.wait(20)
        with pytest.raises(brisk.Timeout):
            modules.load("held")
        held.may_end.set()
        assert answer() == "held"


def test_all_are_loaded_in_parallel(modules: Modules) -> None:
    together = threading.Barrier(3)
    for at in range(3):
        modules.add(f"part{at}", lambda: together.wait(20))
    modules.add("above", int, dependencies=["part0", "part1"])
    modules.load_all(3)
    assert {info.state for info in modules.report()} == {"loaded"}
    assert len({info.thread for info in modules.report()[:3]}) == 3


def test_load_all_names_everything_that_failed(modules: Modules) -> None:
    modules.add("good", lambda: 7)
    modules.add("bad", lambda: fails("one"))
    modules.add("above", int, dependencies=["bad"])
    with pytest.raises(brisk.LoadFailed) as caught:
        modules.load_all()
    assert isinstance(caught.value.__cause__, ValueError)
    modules.add("worse", lambda: fails("two"))
    modules.add("circle", int, dependencies=["circle"])
    with pytest.raises(
        brisk.LoadFailed, match="4 modules failed; module bad: .* one; .* two"
    ) as all:
        modules.load_all()
    assert isinstance(all.value.__cause__, ExceptionGroup)
    assert [str(error) for error in all.value.__cause__.exceptions] == ["one", "two"]
    assert modules.load("good") == 7


def test_load_all_in_a_loader_is_a_deadlock(modules: Modules) -> None:
    modules.add("part", lambda: modules.load_all(timeout=20))
    began = time.monotonic()
    with pytest.raises(brisk.LoadFailed, match="waits for itself") as caught:
        modules.load("part")
    assert isinstance(caught.value.__cause__, brisk.Deadlock)
    assert time.monotonic() - began < 10


def test_preload_loads_in_the_background(modules: Modules) -> None:
    for at in range(3):
        modules.add(f"part{at}", lambda: threading.get_ident())
    modules.add("bad", fails)
    modules.preload()
    modules.preload()
    assert eventually(lambda: modules.state("bad") == "failed")
    assert modules.load("part2") != threading.get_ident()
    with pytest.raises(brisk.LoadFailed, match="no license"):
        modules.load("bad")


def test_an_eager_set_shows_at_once_what_is_broken() -> None:
    modules = Modules(eager=True)
    loads: list[str] = []
    modules.add("above", lambda: loads.append("above"), dependencies=["part"])
    assert loads == []
    modules.add("part", lambda: loads.append("part"))
    assert loads == ["part", "above"]
    with pytest.raises(brisk.LoadFailed, match="no license") as caught:
        modules.add("bad", fails)
    assert isinstance(caught.value.__cause__, ValueError)
    assert modules.state("bad") == "failed"
    with pytest.raises(brisk.LoadFailed, match="no license") as caught:
        modules.load("bad")
    assert isinstance(caught.value.__cause__, ValueError)


def test_an_eager_set_may_wait_for_a_load_elsewhere() -> None:
    """In another thread, which needs the GIL meanwhile."""
    modules = Modules(eager=True, load_timeout=20)
    begun = threading.Event()
    adds = on_thread(lambda: modules.add("slow", lambda: begun.set() or time.sleep(0.1)))
    assert begun.wait(20)
    loads: list[str] = []
    began = time.monotonic()
    modules.add("above", lambda: loads.append("above"), dependencies=["slow"])
    assert loads == ["above"]
    assert time.monotonic() - began < 10
    adds()


def test_the_environment_makes_sets_eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRISK_EAGER", "1")
    modules = Modules()
    loads: list[int] = []
    modules.add("part", lambda: loads.append(1))
    assert loads == [1]


def test_a_name_is_taken_once(modules: Modules) -> None:
    modules.add("part", lambda: 1)
    with pytest.raises(brisk.Exists, match='there is a module "part" already'):
        modules.add("part", lambda: 2)
    assert modules.load("part") == 1


def test_wrong_arguments_are_told(modules: Modules, tmp_path: Path) -> None:
    wrong: Any = modules
    for call, kind, message in (
        (lambda: wrong.add("a b", int), brisk.InvalidArgument, "a b"),
        (lambda: wrong.add("", int), brisk.InvalidArgument, "name"),
        (lambda: wrong.add("n" * 256, int), brisk.InvalidArgument, "255"),
        (lambda: wrong.add("part", 5), brisk.WrongType, "5 is no function"),
        (lambda: wrong.add("part", int, warm_up=5), brisk.WrongType, "5 is no function"),
        (lambda: wrong.add("part", int, version=5), brisk.WrongType, "version is of type int"),
        (lambda: wrong.add(b"part", int), brisk.WrongType, "type bytes; give a str"),
        (lambda: wrong.load(b"part"), brisk.WrongType, "type bytes; give a str"),
        (lambda: wrong.load("part", "soon"), brisk.WrongType, "timeout"),
        (lambda: wrong.load_all(0), brisk.InvalidArgument, "workers is 0"),
        (lambda: wrong.scan(tmp_path / "nothing"), brisk.InvalidArgument, "nothing"),
        (lambda: Modules(load_timeout=0), brisk.InvalidArgument, "load_timeout is 0"),
        (lambda: wrong.symbol("part", "nul\0"), brisk.LoadFailed, "part"),
    ):
        with pytest.raises(kind, match=message):
            call()
    modules.add("part", lambda: "free")  # nothing was left of what failed
    assert modules.load("part") == "free"


def test_nothing_works_after_the_end(modules: Modules) -> None:
    modules.add("part", lambda: "part")
    report = modules.report()
    modules.load("part")
    modules.close()
    modules.close()
    for call in (
        lambda: modules.load("part"),
        lambda: modules.load_all(),
        lambda: modules.add("other", int),
        lambda: modules.scan(),
        lambda: modules.preload(),
        lambda: modules.retry("part"),
        lambda: modules.state("part"),
        lambda: modules.symbol("part", "x"),
        lambda: modules.report(),
    ):
        with pytest.raises(brisk.Closed):
            call()
    assert report["part"].state == "unloaded"
    assert "1 modules, 0 loaded" in str(report)


def test_close_ends_waiting(modules: Modules) -> None:
    held = Held()
    modules.add("held", held)
    modules.add("other", held)
    leads = on_thread(lambda: modules.load("held"))
    assert held.runs.wait(20)
    waits = [on_thread(lambda: modules.load("held")), on_thread(modules.load_all)]
    time.sleep(0.05)
    modules.close()
    assert all(isinstance(answer(), brisk.Closed) for answer in waits)
    held.may_end.set()
    assert isinstance(leads(), (str, brisk.Closed))


def test_a_report_tells_what_modules_cost(modules: Modules) -> None:
    modules.add(
        "slow", lambda: time.sleep(0.002), version="1.2", warm_up=lambda _: time.sleep(0.003)
    )
    modules.add("unused", int, dependencies=["slow", "none"])
    modules.add("bad", fails)
    modules.load("slow")
    with pytest.raises(brisk.LoadFailed):
        modules.load("bad")
    report = modules.report()
    assert isinstance(report, brisk.ModuleReport)
    assert [info.name for info in report] == ["slow", "unused", "bad"]
    slow, unused, bad = report
    assert report[0] == report["slow"] == slow
    assert (slow.state, slow.version, slow.kinds) == ("loaded", "1.2", ("host",))
    assert (slow.dependents, slow.dependencies, slow.reason) == (("unused",), (), "")
    assert 0.002 <= slow.load_time < 20
    assert 0.003 <= slow.warm_up_time < 20
    assert slow.thread == threading.get_native_id()
    assert slow.attempts == 1
    assert (unused.state, unused.attempts, unused.thread) == ("unloaded", 0, 0)
    assert unused.dependencies == ("slow", "none")
    assert bad.reason.endswith("ValueError: no license")
    assert (bad.source, bad.library, bad.schemes, bad.log) == ("", "", (), ())
    assert "3 modules, 1 loaded, 1 failed" in str(report)
    told = json.loads(report.json())["modules"]
    assert [one["name"] for one in told] == ["slow", "unused", "bad"]
    assert told[0]["load_ns"] / 1e9 == slow.load_time
    with pytest.raises(KeyError, match="there was no module 'nobody'"):
        report["nobody"]


def test_an_interrupt_comes_through_and_is_no_failure(modules: Modules) -> None:
    stops = True

    def part() -> str:
        if stops:
            raise KeyboardInterrupt
        return "part"

    modules.add("part", part)
    modules.add("above", lambda: "above", dependencies=["part"])
    with pytest.raises(KeyboardInterrupt):
        modules.load("above")
    assert modules.state("part") == modules.state("above") == "unloaded"
    # One of another thread is a failure here.
    with pytest.raises(brisk.LoadFailed, match="KeyboardInterrupt") as caught:
        modules.load_all()
    assert isinstance(caught.value.__cause__, KeyboardInterrupt)
    stops = False
    modules.retry("above")
    assert modules.load("above") == "above"


@pytest.mark.parametrize("wait", [lambda modules: modules.load("held"), Modules.load_all])
def test_signals_come_through_a_wait(modules: Modules, wait: Callable[[Modules], object]) -> None:
    held = Held()
    modules.add("held", held)
    modules.add("other", int)
    answer = on_thread(lambda: modules.load("held"))
    assert held.runs.wait(20)
    main = threading.main_thread().ident
    threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        wait(modules)
    assert time.monotonic() - began < 10
    held.may_end.set()
    assert answer() == "held"
