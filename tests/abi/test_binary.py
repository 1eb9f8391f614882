"""What the built library exports, needs and promises to the loader, and that it stays so.

Takes the library of the build folder in BRISK_BUILD, build/release without it. What each check
would miss is tried on a library that breaks every rule.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import dump
import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(os.environ.get("BRISK_BUILD", ROOT / "build/release")) / "lib/libbrisk.so"
MAP = ROOT / "lib/abi/brisk.map"
BASELINE = ROOT / "tests/abi/brisk.abi"
SONAME = "libbrisk.so.0.1"
NODE = "BRISK_0.1"
MAY_NEED = r"(lib(c|m|stdc\+\+|gcc_s|zstd|lmdb|xxhash)|ld-linux-[\w-]+)\.so(\.\d+)*"

BAD = """
#include <math.h>
#include <stdlib.h>
__thread int counter;
double stray(double x) { return fmod(x, ++counter); }
void *malloc(size_t size) { return size ? NULL : NULL; }
"""


def output(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def promised() -> set[str]:
    """The symbols of the version map, as nm shows them."""
    text = MAP.read_text()
    assert re.findall(r"^(\S+) \{", text, re.MULTILINE) == [NODE]
    symbols = re.findall(r"^\s+(\w+);$", text.partition("local:")[0], re.MULTILINE)
    assert len(symbols) > 20
    return {f"{symbol}@@{NODE}" for symbol in symbols} | {NODE}


def exported(library: Path) -> dict[str, str]:
    """The kind of each symbol, by its name."""
    lines = output("nm", "-D", "--defined-only", "--with-symbol-versions", library).splitlines()
    return {name: kind for _, kind, name in (line.split() for line in lines)}


def dynamic(library: Path, tag: str) -> list[str]:
    """The values of a tag of the dynamic section."""
    return re.findall(rf"\({tag}\)\s+(.*)", output("readelf", "-dW", library))


def names(library: Path, tag: str) -> set[str]:
    """The names among them."""
    return {re.sub(r".*\[(.*)\]", r"\1", text) for text in dynamic(library, tag)}


def strangers(library: Path) -> set[str]:
    """What is needed and may not be."""
    return {name for name in names(library, "NEEDED") if not re.fullmatch(MAY_NEED, name)}


def flags(library: Path) -> set[str]:
    found = dynamic(library, "FLAGS") + dynamic(library, "FLAGS_1")
    return set(" ".join(found).replace("Flags:", "").split())


def segments(library: Path) -> dict[str, str]:
    """The access that each kind of segment asks for."""
    text = output("readelf", "-lW", library)
    return dict(re.findall(r"^  ([A-Z_]+) +(?:0x\S+ +){5}([RWE ]{3})", text, re.MULTILINE))


@pytest.fixture(scope="session")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that does everything wrong."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "bad.c").write_text(BAD)
    library = folder / "libbad.so"
    other = folder / "libother.so"
    output("gcc", "-shared", "-fPIC", "-o", other, "-Wl,-soname,libother.so", "-xc", "/dev/null")
    linker = "-Wl,--no-as-needed,-z,lazy,-z,norelro,-z,execstack,-rpath,/nowhere"
    output("gcc", "-shared", "-fPIC", "-o", library, folder / "bad.c", linker, "-lm", other)
    return library


def test_exports_exactly_the_version_map() -> None:
    assert set(exported(LIBRARY)) == promised()


def test_exports_functions_only() -> None:
    odd = {name: kind for name, kind in exported(LIBRARY).items() if kind != "T"}
    assert odd == {NODE: "A"}


def test_soname() -> None:
    assert names(LIBRARY, "SONAME") == {SONAME}


def test_needs_nothing_heavy() -> None:
    assert names(LIBRARY, "NEEDED")
    assert strangers(LIBRARY) == set()


def test_is_never_unloaded_and_bound_at_load() -> None:
    assert {"NODELETE", "NOW", "BIND_NOW"} <= flags(LIBRARY)


def test_segments() -> None:
    found = segments(LIBRARY)
    assert "GNU_RELRO" in found
    assert "TLS" not in found
    assert "E" not in found["GNU_STACK"]


def test_is_independent_of_place() -> None:
    tags = ("RPATH", "RUNPATH", "TEXTREL")
    assert {tag: dynamic(LIBRARY, tag) for tag in tags} == {tag: [] for tag in tags}


def test_the_checks_notice(bad: Path) -> None:
    assert {"stray", "malloc", "counter"} <= set(exported(bad))
    assert "libother.so" in strangers(bad)
    assert not {"NODELETE", "NOW", "BIND_NOW"} & flags(bad)
    found = segments(bad)
    assert "GNU_RELRO" not in found
    assert "TLS" in found
    assert "E" in found["GNU_STACK"]
    assert dynamic(bad, "RUNPATH") or dynamic(bad, "RPATH")


def difference(old: Path, new: Path) -> str:
    """What abidiff has to say, empty when the two interfaces are one."""
    done = subprocess.run(["abidiff", old, new], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.fixture(scope="session")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interface of the library as it is."""
    path = tmp_path_factory.mktemp("interface") / "brisk.abi"
    dump.dump(LIBRARY, path)
    return path


def test_interface_is_the_one_that_was_agreed(text: Path) -> None:
    assert BASELINE.exists(), "write it: make abi-baseline"
    complaint = difference(BASELINE, text)
    assert not complaint, f"{complaint}\nif it is meant so: make abi-baseline"


def test_the_text_describes_every_function(text: Path) -> None:
    # The compiler may give two functions of one text one body; abidw then describes only one.
    functions = ElementTree.parse(text).iter("function-decl")
    assert {function.get("elf-symbol-id") for function in functions} == promised() - {NODE}


def test_the_text_tells_nothing_of_this_machine(text: Path) -> None:
    assert str(ROOT) not in text.read_text()


def drop_a_function(corpus: ElementTree.Element) -> None:
    symbols = corpus.find("elf-function-symbols")
    assert symbols is not None
    symbols.remove(_one(symbols, "elf-symbol", "brisk_cache_touch"))
    for unit in corpus.iter("abi-instr"):
        for function in unit.findall("function-decl[@name='brisk_cache_touch']"):
            unit.remove(function)


def change_a_parameter(corpus: ElementTree.Element) -> None:
    first, *_, last = _one(corpus, "function-decl", "brisk_cache_new").iter("parameter")
    first.set("type-id", last.get("type-id", ""))


def shrink_a_struct(corpus: ElementTree.Element) -> None:
    struct = _one(corpus, "class-decl", "brisk_runtime_stats")
    struct.set("size-in-bits", str(int(struct.get("size-in-bits", "")) - 64))
    struct.remove(struct.findall("data-member")[-1])


def _one(place: ElementTree.Element, tag: str, name: str) -> ElementTree.Element:
    (found,) = place.iterfind(f".//{tag}[@name='{name}']")
    return found


@pytest.mark.parametrize("change", [drop_a_function, change_a_parameter, shrink_a_struct])
def test_a_difference_is_noticed(
    text: Path, tmp_path: Path, change: Callable[[ElementTree.Element], None]
) -> None:
    tree = ElementTree.parse(text)
    tree.write(tmp_path / "same.abi")
    assert difference(tmp_path / "same.abi", text) == ""
    change(tree.getroot())
    tree.write(tmp_path / "changed.abi")
    assert "changed" in difference(tmp_path / "changed.abi", text).lower()
