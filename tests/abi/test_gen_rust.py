"""What the generator writes in Rust: of every shape of the description, as rustfmt lays it out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from shapes import shapes

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings" / "abi"))

from generator import outputs, rust, source  # noqa: E402
from generator.build import build  # noqa: E402
from generator.cmap import CParam  # noqa: E402

SYS = ROOT / "bindings/rust/brisk-sys/src"
HAND_WRITTEN = ("compatible.rs", "layout.rs")


def run(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("rustc") is None, reason="no rustc")
def test_every_shape_compiles_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version, documents = source.read(ROOT)
    document = shapes()
    assert not source._mismatches("", source._validator(ROOT, "spec.schema.json"), document)
    base = [one for one in documents if one["module"] == "base"]
    monkeypatch.setattr(outputs, "OUTPUTS", rust.OUTPUTS)
    files = outputs.render(ROOT, build(version, [*base, document]))
    for path, text in files.items():
        (tmp_path / path.name).write_text(text)
    for name in HAND_WRITTEN:
        shutil.copy(SYS / name, tmp_path)
    lib = tmp_path / "lib.rs"
    crate = ("--edition=2021", "--crate-name=brisk_sys", "-Dwarnings", lib)
    run("rustfmt", "--check", "--edition=2021", lib)
    run("rustc", "--crate-type=rlib", "--emit=metadata", f"--out-dir={tmp_path}", *crate)
    run("rustdoc", f"--out-dir={tmp_path / 'doc'}", *crate)


@pytest.mark.skipif(shutil.which("rustfmt") is None, reason="no rustfmt")
def test_rustfmt_leaves_lines_of_every_length_alone(tmp_path: Path) -> None:
    declared, typed = [], []
    for returns in ("void", "brisk_status", "const char *"):
        for width in range(1, 110):
            params = (CParam("u" * width, "void *"), CParam("last", "const void *"))
            call = SimpleNamespace(c_name="brisk_call", c_params=params, returns=returns)
            declared.append(f"{rust.rust_function(call)};\n")
            typed.append(f"{rust.rust_callback(call)}\n")
    path = tmp_path / "lines.rs"
    path.write_text("".join(typed) + '\nextern "C" {\n' + "".join(declared) + "}\n")
    run("rustfmt", "--check", "--edition=2021", path)


def test_a_type_without_a_form_is_named() -> None:
    with pytest.raises(source.SpecError, match="no type for 'long double'"):
        rust.rust_type("long double")
    with pytest.raises(source.SpecError, match="no type for 'wchar_t \\*'"):
        rust.rust_type("wchar_t *")
