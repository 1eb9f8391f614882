"""Modules: order, one load each, failures and retry, circles, timeouts, reports, libraries."""

from __future__ import annotations

import ctypes
import gc
import json
import math
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import brisk
import brisk.lazy
import pytest
from brisk import Modules


@pytest.fixture
def modules() -> Iterator[Modules]:
    with Modules(load_timeout=20) as made:
        yield made


def fails(reason: str = "no license") -> Any:
    raise ValueError(reason)


def eventually(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not is_so() and time.monotonic() < end:
        time.sleep(0.001)
    return is_so()


class Held:
    """A loader that says when it runs, and ends when it is let."""

    def __init__(self) -> None:
        self.runs = threading.Event()
        self.may_end = threading.Event()

    def __call__(self) -> str:
        self.runs.set()
        assert self.may_end.wait(20)
        return "held"


def on_thread(call: Callable[[], Any]) -> Callable[[], Any]:
    """Begins a call on a thread of its own; the answer waits for it."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as error:
            answers.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def answer() -> Any:
        thread.join(20)
        (one,) = answers
        return one

    return answer


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
    assert 0.002 <= slow.load_time < 1
    assert 0.003 <= slow.warm_up_time < 1
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
    with pytest.raises(brisk.LoadFailed, match=r"test_modules\.py:\d+ declares as lazy") as caught:
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
