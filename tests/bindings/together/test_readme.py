"""The programs of the README at the top, in the languages that tests/install does not compile."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "README.md").read_text()
PRINTS = "Ada\nmade for page:7\n"


def program(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return str(block)


def run(command: list[str], cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_rust(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/main.rs").write_text(program("rust"))
    brisk = ROOT / "bindings/rust/brisk"
    (tmp_path / "Cargo.toml").write_text(
        '[package]\nname = "readme"\nversion = "0.0.0"\nedition = "2021"\n'
        f'[dependencies]\nbrisk = {{ path = "{brisk}" }}\n'
    )
    assert run(["cargo", "run", "-q"], tmp_path) == PRINTS


def test_go(tmp_path: Path) -> None:
    module = "github.com/brisk-runtime/brisk/bindings/go"
    (tmp_path / "main.go").write_text(program("go"))
    (tmp_path / "go.mod").write_text(
        f"module readme\n\ngo 1.24\n\nrequire {module} v0.0.0\n\n"
        f"replace {module} => {ROOT / 'bindings/go'}\n"
    )
    assert run(["gofmt", "-l", "."], tmp_path) == ""
    said = run(["go", "run", "."], tmp_path)
    assert said == "".join(f"{line} <nil>\n" for line in PRINTS.splitlines())


def test_python(tmp_path: Path) -> None:
    (tmp_path / "readme.py").write_text(program("python"))
    said = run(["/usr/bin/python3", "readme.py"], tmp_path)
    assert said.startswith(PRINTS + "hello, Ada ")
