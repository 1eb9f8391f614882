"""An installed brisk is found by pkg-config and used by programs, among them those of the READMEs.

Installs the build folder in BRISK_BUILD, build/release without it, below a folder of its own. Its
programs know nothing of the tree: what they need comes from `pkg-config --cflags --libs brisk`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BRISK_BUILD", ROOT / "build/release"))
HERE = Path(__file__).resolve().parent
COMPILERS = {"c": "gcc", "cpp": "g++"}
SUFFIXES = {"c": ".c", "cpp": ".cc"}
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")
README = ROOT / "README.md"
READMES = [README, *sorted((ROOT / "bindings").glob("*/README.md"))]


@dataclass(frozen=True)
class Example:
    """A fenced block of a README that is a whole program."""

    language: str
    text: str
    name: str


def examples(path: Path) -> list[Example]:
    blocks = re.finditer(r"^```(c|cpp)\n(.*?)^```$", path.read_text(), re.MULTILINE | re.DOTALL)
    return [
        Example(block[1], block[2], f"{path.parent.name}-{path.stem}-{number}")
        for number, block in enumerate(blocks, 1)
        if re.search(r"\bmain\s*\(", block[2])
    ]


EXAMPLES = [example for path in READMES if path.exists() for example in examples(path)]


@dataclass(frozen=True)
class Installed:
    """An installed brisk below a folder."""

    folder: Path

    @property
    def pc(self) -> Path:
        (path,) = self.folder.rglob("brisk.pc")
        return path

    @property
    def libdir(self) -> Path:
        return self.pc.parents[1]

    def pkg_config(self, *arguments: str, package: str = "brisk") -> list[str]:
        env = {
            **os.environ,
            "PKG_CONFIG_PATH": str(self.pc.parent),
            "PKG_CONFIG_LIBDIR": str(self.pc.parent),
            "PKG_CONFIG_SYSROOT_DIR": str(self.folder),
            # A prefix of /usr would be left out, and here it is not where the compiler looks.
            "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1",
            "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1",
        }
        return run(["pkg-config", *arguments, package], env=env).split()

    def build_and_run(self, language: str, standard: str, source: Path, folder: Path) -> str:
        program = folder / "program"
        command = [COMPILERS[language], f"-std={standard}", *WARNINGS, "-o", str(program)]
        run([*command, str(source), *self.pkg_config("--cflags", "--libs")])
        env = {**os.environ, "LD_LIBRARY_PATH": str(self.libdir)}
        return run([str(program)], env=env, cwd=folder)


def run(command: list[str], env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    done = subprocess.run(
        command, env=env, cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("root")
    run(["meson", "install", "-C", str(BUILD), "--no-rebuild", "--destdir", str(folder)])
    return Installed(folder)


def test_what_is_installed(installed: Installed) -> None:
    version = re.findall(r'BRISK_VERSION "(.*)"', (ROOT / "include/brisk/base.h").read_text())
    assert installed.pkg_config("--modversion") == version
    library = installed.libdir / "libbrisk.so.0.1"
    assert (installed.libdir / "libbrisk.so").resolve() == library.resolve()
    (include,) = installed.pkg_config("--variable=includedir")
    found = {path.name for path in (Path(include) / "brisk").iterdir()}
    folders = ROOT / "include/brisk", ROOT / "bindings/cpp/include/brisk"
    assert found == {path.name for folder in folders for path in folder.iterdir()}


def test_pkg_config_gives_only_what_every_linker_takes(installed: Installed) -> None:
    assert "-Wl" not in installed.pc.read_text()
    assert [flag[:2] for flag in installed.pkg_config("--libs")] == ["-L", "-l"]
    assert [flag[:2] for flag in installed.pkg_config("--cflags")] == ["-I"]


@pytest.mark.parametrize(
    ("language", "standard"), [("c", "c99"), ("c", "c17"), ("cpp", "c++17"), ("cpp", "c++20")]
)
def test_a_program(installed: Installed, tmp_path: Path, language: str, standard: str) -> None:
    source = HERE / f"program{SUFFIXES[language]}"
    assert installed.build_and_run(language, standard, source, tmp_path) == "value\n"


def test_a_driver(installed: Installed, tmp_path: Path) -> None:
    """A driver needs nothing of this tree, and nothing to link with; its folder is found."""
    example = ROOT / "bindings/c/examples/driver"
    (folder,) = installed.pkg_config("--variable=moduledir", package="brisk-driver")
    modules = Path(folder)
    modules.mkdir(parents=True, exist_ok=True)
    library = modules / "numbers.so"
    flags = installed.pkg_config("--cflags", "--libs", package="brisk-driver")
    assert [flag[:2] for flag in flags] == ["-I"]
    command = ["gcc", "-std=c11", *WARNINGS, "-shared", "-fPIC", "-o", str(library)]
    run([*command, str(example / "numbers.c"), *flags])
    shutil.copy(example / "numbers.module", modules)
    needed = run(["readelf", "-dW", str(library)])
    assert re.findall(r"NEEDED.*\[(.*?)\]", needed) == ["libc.so.6"]
    assert "brisk" not in run(["nm", "-D", "--undefined-only", str(library)])
    printed = installed.build_and_run("c", "c11", HERE / "driver.c", tmp_path)
    assert printed == "reader 1.0\n"


def test_there_are_examples() -> None:
    assert examples(README)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example(installed: Installed, tmp_path: Path, example: Example) -> None:
    source = tmp_path / f"example{SUFFIXES[example.language]}"
    source.write_text(example.text)
    standard = {"c": "c11", "cpp": "c++20"}[example.language]
    installed.build_and_run(example.language, standard, source, tmp_path)


def test_examples_are_whole_programs_in_c_and_cpp(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(
        "```c\nint main(void) {}\n```\ntext\n```cpp\nf();\n```\n"
        "```sh\nmain (\n```\n```cpp\nint main () {}\n```\n"
    )
    found = [(example.language, example.text) for example in examples(path)]
    assert found == [("c", "int main(void) {}\n"), ("cpp", "int main () {}\n")]
