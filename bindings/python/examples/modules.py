"""Modules in Python: parts of a program that load when they are first used, and what they cost."""

import brisk

modules = brisk.Modules()
modules.add_import("decimal")  # imported by its first use


@modules.add("rates", version="1.2", dependencies=["decimal"])
def rates() -> dict[str, object]:
    print("loading rates")
    return {"EUR": modules.load("decimal").Decimal("1.25")}


@modules.add("history", dependencies=["archive"])
def history() -> list[str]:
    return ["1.24", "1.25"]


@modules.add("archive")
def archive() -> None:
    raise ConnectionError("nobody answers")


print(modules.state("rates"), "->", modules.load("rates")["EUR"], "->", modules.state("rates"))

try:
    modules.load("history")
except brisk.LoadFailed as error:
    print(error)
    print(repr(error.__cause__))

for info in modules.report():
    print(f"{info.name}: {info.state}, needed by {', '.join(info.dependents) or 'nobody'}")
