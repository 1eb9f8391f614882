"""The interface as data: modules in include order, with every C name, type and offset.

Templates read this and decide nothing; build.py makes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator import cmap
from generator.cmap import CParam

# What base.h defines without an entry in the spec.
MACROS = ("BRISK_API", "BRISK_VERSION", "BRISK_ABI_VERSION", "BRISK_ABI_DIGEST")


@dataclass(frozen=True)
class Constant:
    name: str
    c_name: str
    module: str
    state: str
    doc: str
    type: str
    value: int


@dataclass(frozen=True)
class EnumValue:
    name: str
    c_name: str
    value: int
    doc: str


@dataclass(frozen=True)
class Enum:
    name: str
    c_name: str
    module: str
    state: str
    doc: str
    open: bool
    values: tuple[EnumValue, ...]


@dataclass(frozen=True)
class Handle:
    name: str
    c_name: str
    module: str
    state: str
    doc: str
    kind: str
    close: str | None


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    c: CParam
    size: int
    offset: int
    length: str | None
    doc: str

    @property
    def zero(self) -> str:
        return cmap.zero(self.type)


@dataclass(frozen=True)
class Struct:
    name: str
    c_name: str
    module: str
    state: str
    doc: str
    out: bool
    fields: tuple[Field, ...]

    @property
    def init(self) -> str:
        return cmap.macro(f"{self.name}_init")

    @property
    def size(self) -> int:
        return sum(member.size for member in self.fields)


@dataclass(frozen=True)
class Param:
    name: str
    type: str
    out: bool
    nullable: bool
    const: bool
    transfer: str | None
    count: str | None
    doc: str
    c: tuple[CParam, ...]

    @property
    def kind(self) -> str:
        return cmap.split(self.type)[0]

    @property
    def target(self) -> str:
        return cmap.split(self.type)[1]


@dataclass(frozen=True)
class Callback:
    name: str
    c_name: str
    module: str
    state: str
    doc: str
    returns: str
    returns_type: str | None  # as the spec has it
    params: tuple[Param, ...]

    @property
    def c_params(self) -> tuple[CParam, ...]:
        return tuple(c for param in self.params for c in param.c)


@dataclass(frozen=True)
class Function:
    """A function; implicit says that a handle brought it along (_ref, _unref)."""

    name: str
    c_name: str
    module: str
    state: str
    since: str
    doc: str
    thread: str
    returns: str
    returns_type: str | None  # as the spec has it; None for void
    params: tuple[Param, ...]
    blocks: bool = False
    calls_back: bool = False
    walks: bool = False
    fallible: bool = False
    implicit: bool = False
    borrowed_from: str | None = None
    outcomes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def c_params(self) -> tuple[CParam, ...]:
        params = [c for param in self.params for c in param.c]
        return (*params, CParam("error", "brisk_error **")) if self.fallible else tuple(params)


@dataclass(frozen=True)
class Table:
    """Functions that one side gives the other as pointers; they may be absent where optional."""

    name: str
    c_name: str
    module: str
    state: str
    doc: str
    slots: tuple[Slot, ...]

    @property
    def size(self) -> int:
        return cmap.TABLE_HEAD + cmap.POINTER_SIZE * len(self.slots)

    def offset(self, slot: Slot) -> int:
        return cmap.TABLE_HEAD + cmap.POINTER_SIZE * self.slots.index(slot)


@dataclass(frozen=True)
class Slot:
    name: str
    since: str
    optional: bool
    doc: str
    returns: str
    params: tuple[Param, ...]
    fallible: bool
    outcomes: tuple[str, ...]

    @property
    def c_params(self) -> tuple[CParam, ...]:
        params = [c for param in self.params for c in param.c]
        return (*params, CParam("error", "brisk_error **")) if self.fallible else tuple(params)

    @property
    def version(self) -> tuple[int, int]:
        major, minor = map(int, self.since.split("."))
        return major, minor


Entry = Constant | Enum | Handle | Callback | Struct | Table | Function


@dataclass(frozen=True)
class Module:
    name: str
    title: str
    doc: str
    surface: str  # library, or driver: what plug-ins are written against
    includes: tuple[str, ...]
    rules: tuple[str, ...]
    constants: tuple[Constant, ...]
    enums: tuple[Enum, ...]
    handles: tuple[Handle, ...]
    callbacks: tuple[Callback, ...]
    structs: tuple[Struct, ...]
    tables: tuple[Table, ...]
    functions: tuple[Function, ...]
    exports: tuple[Function, ...]  # what a driver defines

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (
            *self.constants,
            *self.enums,
            *self.handles,
            *self.callbacks,
            *self.structs,
            *self.tables,
            *self.functions,
            *self.exports,
        )


@dataclass(frozen=True)
class Model:
    library: str
    abi: tuple[int, int]
    modules: tuple[Module, ...]  # of the library
    drivers: tuple[Module, ...]  # of the surface for drivers, which no language binding needs

    @property
    def everything(self) -> tuple[Module, ...]:
        return (*self.modules, *self.drivers)

    @property
    def abi_text(self) -> str:
        return f"{self.abi[0]}.{self.abi[1]}"

    @property
    def functions(self) -> tuple[Function, ...]:
        return tuple(function for module in self.modules for function in module.functions)

    @property
    def statuses(self) -> dict[str, int]:
        enums = [enum for module in self.modules for enum in module.enums if enum.name == "status"]
        return {value.name: value.value for enum in enums for value in enum.values}

    def visible(self, module: str) -> list[Module]:
        """The modules that a header sees: itself and what it includes, directly or not."""
        by_name = {module.name: module for module in self.everything}
        seen = [module]
        for at in seen:
            seen += [name for name in by_name[at].includes if name not in seen]
        return [by_name[name] for name in seen]
