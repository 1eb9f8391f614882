"""How a type of the spec is written in C on LP64, and how much room it takes. Holds no state."""

from __future__ import annotations

from dataclasses import dataclass

SCALARS = {
    "u32": ("uint32_t", 4),
    "u64": ("uint64_t", 8),
    "i32": ("int32_t", 4),
    "f64": ("double", 8),
    "size": ("size_t", 8),
}
POINTERS = {
    "text": "const char *",
    "pointer": "void *",
    "cpointer": "const void *",
    "cbytes": "const void *",
}
POINTER_SIZE = 8
ENUM_SIZE = 4
TABLE_HEAD = 8  # struct_size and version, before the functions of a table
# The kinds whose type names another entry, as in handle.cache.
NAMED = ("handle", "handles", "struct", "enum", "callback", "table")


@dataclass(frozen=True)
class CParam:
    """One parameter or member as C has it."""

    name: str
    type: str

    @property
    def declaration(self) -> str:
        return f"{self.type}{self.name}" if self.type.endswith("*") else f"{self.type} {self.name}"


def split(spec_type: str) -> tuple[str, str]:
    """Splits handle.cache into its kind and what it names; u64 is a kind and names nothing."""
    kind, _, target = spec_type.partition(".")
    return kind, target


def c_name(name: str) -> str:
    """The name of a type or function in C."""
    return f"brisk_{name}"


def macro(name: str) -> str:
    """The name of a constant in C."""
    return f"BRISK_{name.upper()}"


def enum_constant(enum: str, value: str) -> str:
    """The name of an enum value; those of status carry no prefix of their own."""
    return macro(value) if enum == "status" else macro(f"{enum}_{value}")


def value_type(spec_type: str) -> tuple[str, int]:
    """The C type and size of what can be returned by value or stand in a struct."""
    kind, target = split(spec_type)
    if kind == "enum":
        return c_name(target), ENUM_SIZE
    if kind == "table":
        return f"const {c_name(target)} *", POINTER_SIZE
    if kind in POINTERS:
        return POINTERS[kind], POINTER_SIZE
    return SCALARS[kind]


def zero(spec_type: str) -> str:
    """The zero of a member of a struct, free of warnings in C and C++."""
    kind, _ = split(spec_type)
    return {"f64": "0.0"}.get(kind, "NULL" if kind in (*POINTERS, "table") else "0")


def expand(name: str, spec_type: str, out: bool, const: bool) -> tuple[CParam, ...]:
    """The parameters that one parameter of the spec becomes in C."""
    kind, target = split(spec_type)
    if kind == "bytes":
        return CParam(name, "const void *"), CParam(f"{name}_size", "size_t")
    if kind == "buffer":
        return CParam(name, "void *"), CParam("capacity", "size_t")
    if kind == "callback":
        destroy = CParam("destroy", c_name("destroy_fn"))
        return CParam(name, c_name(target)), CParam("user", "void *"), destroy
    return (CParam(name, _single(kind, target, spec_type, out, const)),)


def _single(kind: str, target: str, spec_type: str, out: bool, const: bool) -> str:
    if kind in ("handle", "handles"):
        return f"{'const ' if const else ''}{c_name(target)} *{'*' if out else ''}"
    if kind == "struct":
        return f"{'' if out else 'const '}{c_name(target)} *"
    if kind == "array":
        return f"{'' if out else 'const '}{SCALARS[target][0]} *"
    type_ = value_type(spec_type)[0]
    return type_ + ("*" if type_.endswith("*") else " *") if out else type_
