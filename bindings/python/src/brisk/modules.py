"""Modules: parts of a program and native libraries, each loaded when it is first used."""

from __future__ import annotations

from _thread import allocate_lock, get_ident, start_new_thread
from os import fsencode
from time import monotonic_ns

from brisk import _brisk
from brisk._brisk import Exists, LoadFailed, ModulesHandle, WrongType, nanoseconds, wait_nanoseconds
from brisk.ends import at_end
from brisk.errors import Timeout
from brisk.loads import text_of
from brisk.tasks import SLICE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from os import PathLike
    from types import TracebackType
    from typing import Any, TypeVar, overload

    from brisk._brisk import Seconds
    from brisk.reports import ModuleReport
    from brisk.runtime import Runtime

    F = TypeVar("F", bound=Callable[[], Any])

TIMEOUT = 30 * 10**9  # nanoseconds, where load_timeout is None
STATES = {
    _brisk.MODULE_STATE_UNLOADED: "unloaded",
    _brisk.MODULE_STATE_LOADING: "loading",
    _brisk.MODULE_STATE_LOADED: "loaded",
    _brisk.MODULE_STATE_FAILED: "failed",
}
_sets: dict[int, ModulesHandle] = {}  # those that the end of the program closes


class Modules:
    """A set of modules: each is loaded at its first use, once, after those that it depends on.

    eager         True loads each module as soon as it and all that it needs are known, so that what
                  is broken shows at once; BRISK_EAGER=1 in the environment does the same.
    load_timeout  Seconds that a call without a timeout waits for loads in other threads.
    runtime       The runtime to live in; None for the default one.

    A module is a function of the program (add), an import (add_import) or a native library with a
    manifest (scan). What failed stays failed, with its whole reason, until retry. What was loaded
    stays for as long as the process lives. May be used from any thread.
    """

    __slots__ = ("__weakref__", "_loaders", "_raw", "_timeout")

    def __init__(
        self,
        *,
        eager: bool = False,
        load_timeout: Seconds | None = 30.0,
        runtime: Runtime | None = None,
    ) -> None:
        from brisk.options import home

        self._timeout = nanoseconds(load_timeout, "load_timeout") or TIMEOUT
        options = {"eager": int(eager), "load_timeout_ns": self._timeout}
        self._loaders: dict[str, Loader] = {}
        self._raw: ModulesHandle = _brisk.modules_new(home(runtime), options)
        _sets[id(self)] = self._raw

    def scan(self, folder: str | PathLike[str] | None = None) -> int:
        """Reads the manifests of a folder, opens no library, and says how many modules are new.

        None is for the search path: the folders of BRISK_MODULE_PATH in the environment,
        brisk/modules in the user's data folder, and the one of the installation. A manifest that is
        wrong becomes a module that has failed. Raises InvalidArgument for a folder that cannot be
        read, or that everyone may write to; LoadFailed when the set is eager; Closed.
        """
        try:
            return self._raw.scan(b"" if folder is None else fsencode(folder))
        except LoadFailed as failure:
            self._explain(failure)
            raise

    if TYPE_CHECKING:

        @overload
        def add(
            self,
            name: str,
            loader: F,
            *,
            version: str | None = None,
            dependencies: str | Iterable[str] = (),
            warm_up: Callable[[Any], object] | None = None,
        ) -> F: ...
        @overload
        def add(
            self,
            name: str,
            loader: None = None,
            *,
            version: str | None = None,
            dependencies: str | Iterable[str] = (),
            warm_up: Callable[[Any], object] | None = None,
        ) -> Callable[[F], F]: ...

    def add(
        self,
        name: str,
        loader: Callable[[], Any] | None = None,
        *,
        version: str | None = None,
        dependencies: str | Iterable[str] = (),
        warm_up: Callable[[Any], object] | None = None,
    ) -> Any:
        """Adds a module that loader loads; load(name) gives what it gives. Returns loader.

            @modules.add("shop", dependencies=["store"])
            def shop() -> Shop: ...

        name          Letters, digits and any of "_-.", at most 255.
        version       For the report.
        dependencies  Names of the modules that are loaded first; they may be added later.
        warm_up       Called after the load with what loader gave.

        Both are called on the thread that needs the module first, or on one of load_all or preload;
        they may load other modules. What they raise is the reason of the failure. Raises Exists for
        a name that is taken; LoadFailed when the set is eager; InvalidArgument; Closed.
        """
        if loader is None:
            return lambda function: self.add(
                name, function, version=version, dependencies=dependencies, warm_up=warm_up
            )
        for function in (loader, warm_up):
            if function is not None and not callable(function):
                raise WrongType(f"{function!r} is no function; module {name} needs one to load it")
        needs = dependencies if isinstance(dependencies, str) else " ".join(dependencies)
        options = {"name": _text(name), "dependencies": needs, "warm_up": int(warm_up is not None)}
        if version is not None:
            options["version"] = version
        made = Loader(loader, warm_up)
        if self._loaders.setdefault(name, made) is not made:
            raise Exists(f'there is a module "{name}" already')
        try:
            _brisk.modules_add(self._raw, options, made)
        except LoadFailed as failure:
            self._explain(failure)
            raise
        except BaseException:
            del self._loaders[name]
            raise
        return loader

    def add_import(
        self,
        name: str,
        *,
        dependencies: str | Iterable[str] = (),
        warm_up: Callable[[Any], object] | None = None,
    ) -> None:
        """Adds a module of Python by its full name; load(name) imports it, and gives it.

        It counts as declared lazy by the line of this call: brisk.lazy.report() has it too, and a
        module that is missing is told with that line. dependencies and warm_up are those of add.
        """
        from brisk._lazy import loading
        from brisk._lazy.module import mend
        from brisk.lazy import _place

        place = _place(1)
        loading.declared.append((name, place))
        self.add(
            name,
            lambda: loading.load(name, place, mend(name, None)),
            dependencies=dependencies,
            warm_up=warm_up,
        )

    def load(self, name: str, timeout: Seconds | None = None) -> Any:
        """Loads a module unless it is loaded, after all that it needs, on this thread.

        Gives what its loader gave, None for a native module. timeout is how long to wait for loads
        in other threads, load_timeout by default; zero does not wait. A loader that runs is not
        interrupted. Raises Timeout; LoadFailed with the reason, and as its cause what the loader
        raised; Deadlock for a circle, which it names; Closed.
        """
        left = wait_nanoseconds(timeout, "timeout") or self._timeout
        deadline = monotonic_ns() + left
        try:
            while self._raw.load(_text(name), min(left, SLICE)) != _brisk.OK:
                left = deadline - monotonic_ns()
                if left <= 0:
                    raise Timeout(f"module {name} was not loaded within the timeout; it goes on")
        except LoadFailed as failure:
            self._explain(failure, name)
            raise
        loader = self._loaders.get(name)
        return None if loader is None else loader.value

    def load_all(self, workers: int = 4, timeout: Seconds | None = None) -> None:
        """Loads every module, on up to so many threads while loads take long.

        Raises LoadFailed after all were tried: it names each that failed, and why, and its cause is
        what their loaders raised. Raises Timeout after timeout seconds, load_timeout by default,
        when loads go on; Deadlock in a loader, where it would wait for itself; Closed.
        """
        from brisk.options import count

        threads = count("workers", workers)
        left = wait_nanoseconds(timeout, "timeout") or self._timeout
        here = get_ident()
        is_loading = any(loader.thread == here for loader in list(self._loaders.values()))
        try:
            # C wants one call to wait in, and signals come through only while Python waits.
            load_all = self._raw.load_all if is_loading else self._aside
            if load_all(threads, left) != _brisk.OK:
                raise Timeout("the modules were not loaded within the timeout; loads go on")
        except LoadFailed as failure:
            self._explain(failure)
            raise

    def preload(self) -> None:
        """Loads what is not loaded yet in idle time, on a thread of its own, and returns at once.

        One module at a time, never while a caller loads one. Failures are kept for who uses the
        module. The thread ends after the module in hand when the set is closed, or the program
        ends. Raises Closed.
        """
        self._raw.preload()

    def retry(self, name: str) -> bool:
        """Forgets the failure of a module and of those that it needs; the next use tries again.

        Manifests are read anew. False when there is no such module. Raises Closed.
        """
        return self._raw.retry(_text(name)) == _brisk.OK

    def state(self, name: str) -> str | None:
        """ "unloaded", "loading", "loaded" or "failed"; None when there is no such module.

        Loads nothing. Raises Closed.
        """
        status, state = self._raw.state(_text(name))
        return STATES[state] if status == _brisk.OK else None

    def symbol(self, module: str, name: str, timeout: Seconds | None = None) -> int:
        """Loads a native module and gives the address of a function or variable of it.

        The address is good for as long as the process lives. Raises InvalidArgument when there is
        no such symbol, or the module is not native; what load raises.
        """
        self.load(module, timeout)
        return self._raw.symbol(module, name, 1)[1]

    def function(
        self, module: str, name: str, result: Any, *arguments: Any, timeout: Seconds | None = None
    ) -> Callable[..., Any]:
        """Gives a function of a native module, to be called through ctypes, without the GIL.

            cos = modules.function("math", "cos", ctypes.c_double, ctypes.c_double)

        result and arguments are types of ctypes, result None for void: what the function takes in
        truth, which nobody checks. Raises what symbol raises.
        """
        from ctypes import CFUNCTYPE

        return CFUNCTYPE(result, *arguments)(self.symbol(module, name, timeout))

    def report(self) -> ModuleReport:
        """Describes every module as it is now, and loads nothing. Raises Closed."""
        from brisk.reports import ModuleReport

        return ModuleReport(self._raw.report())

    def close(self) -> None:
        """Ends waiting, and loading in the background after the module in hand.

        May be repeated; what else is called later raises Closed. What was loaded stays.
        """
        self._raw.close()
        _sets.pop(id(self), None)

    def __enter__(self) -> Modules:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        _sets.pop(id(self), None)

    def _aside(self, threads: int, timeout_ns: int) -> int:
        """Loads all from a thread of its own, and waits as Python does."""
        answers: list[int | BaseException] = []
        over = allocate_lock()

        def run() -> None:
            try:
                answers.append(self._raw.load_all(threads, timeout_ns))
            except BaseException as error:
                answers.append(error)
            over.release()

        over.acquire()
        start_new_thread(run, ())
        over.acquire()
        (answer,) = answers
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _explain(self, failure: LoadFailed, name: str | None = None) -> None:
        """Gives a failure, of one module or of many, its cause: what loaders raised.

        Ctrl-C or an exit that came through a loader on this thread is no failure: it is raised, and
        the next use tries again.
        """
        loaders = list(self._loaders.items())
        raised = {one: loader.error for one, loader in loaders if loader.error is not None}
        known = {info.name: info for info in self.report()}
        at = name
        while at in known and at not in raised:
            needs = known.pop(at).dependencies
            at = next((o for o in needs if o not in known or known[o].state == "failed"), None)
        guilty = [one for one in raised if name is None or one == at]
        for one in guilty:
            if self._loaders[one].interrupted == get_ident():
                self._raw.retry(name or one)
                raise raised[one] from None
        if guilty:
            errors = [raised[one] for one in guilty]
            several = BaseExceptionGroup("what the loaders raised", errors)
            failure.__cause__ = several if len(errors) > 1 else errors[0]


class Loader:
    """A module that Python loads: its functions, and what came of them. C refers to it weakly."""

    __slots__ = (
        "__weakref__",
        "_load",
        "_warm_up",
        "error",  # what it raised, if anything
        "interrupted",  # the thread that it took an interrupt from, or 0
        "thread",  # the one that runs it, or 0
        "value",  # what it gave
    )

    def __init__(
        self, load: Callable[[], Any], warm_up: Callable[[Any], object] | None = None
    ) -> None:
        self._load = load
        self._warm_up = warm_up
        self.error: BaseException | None = None
        self.interrupted = 0
        self.thread = 0
        self.value: Any = None

    def __call__(self, step: int) -> bytes | None:
        """Takes one step of a load; gives the reason of a failure."""
        self.error = None
        self.interrupted = 0
        self.thread = get_ident()
        try:
            if step == _brisk.MODULE_STEP_LOAD:
                self.value = self._load()
            elif step == _brisk.MODULE_STEP_WARM_UP and self._warm_up is not None:
                self._warm_up(self.value)
        except BaseException as error:
            trace = error.__traceback__
            self.error = error.with_traceback(trace and trace.tb_next)
            self.interrupted = 0 if isinstance(error, Exception) else self.thread
            kind = type(error).__name__.encode()
            text = text_of(error)
            return text if text == kind else kind + b": " + text
        finally:
            self.thread = 0
        return None


def _text(name: str) -> str:
    """C takes bytes as well, which would not be found among the loaders."""
    if not isinstance(name, str):
        raise WrongType(f"the name of a module is of type {type(name).__name__}; give a str")
    return name


def _close_all() -> bool:
    for raw in list(_sets.values()):
        raw.close()
    return True


at_end(_close_all)
