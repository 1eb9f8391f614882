"""The generator notices every way in which the tree can differ from the spec, and a bad spec."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings" / "abi"))

import gen  # noqa: E402

LOCK = "bindings/abi/lock/0.1.json"
CACHE = "bindings/abi/spec/cache.yaml"
BASE = "bindings/abi/spec/base.yaml"
DRIVER = "bindings/abi/spec/driver.yaml"
Run = Callable[..., str]


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the generator reads, with everything that it writes."""
    root = tmp_path_factory.mktemp("pristine")
    for name in ("spec", "schema", "templates", "lock"):
        shutil.copytree(ROOT / "bindings/abi" / name, root / "bindings/abi" / name)
    assert gen.main(["--root", str(root)]) == 0
    return root


@pytest.fixture
def tree(pristine: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return shutil.copytree(pristine, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def run(tree: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the generator over the copy; returns its complaints, empty when it has none."""

    def run(*arguments: str) -> str:
        capsys.readouterr()
        code = gen.main([*arguments, "--root", str(tree)])
        complaints = capsys.readouterr().err
        assert (code != 0) == bool(complaints)
        return complaints

    return run


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def add_function(tree: Path, text: str) -> None:
    with (tree / CACHE).open("a") as file:
        file.write(text)


def stabilize(path: Path, function: str) -> None:
    head = f'  {function}:\n    since: "0.1"\n    state: '
    edit(path, f"{head}unstable", f"{head}stable")


def make_stable(tree: Path, run: Run) -> None:
    stabilize(tree / BASE, "abi_version")
    assert run() == ""


def test_tree_is_in_step() -> None:
    assert gen.main(["--check"]) == 0


def test_copy_is_in_step_and_check_writes_nothing(tree: Path, run: Run) -> None:
    before = {path: path.stat().st_mtime_ns for path in tree.rglob("*")}
    assert run("--check") == ""
    assert run() == ""
    assert {path: path.stat().st_mtime_ns for path in tree.rglob("*")} == before


@pytest.mark.parametrize(
    "name",
    [
        "include/brisk/cache.h",
        "include/brisk/brisk.h",
        "lib/abi/brisk.map",
        "lib/abi/status_names.inc",
        "tests/abi/layout.c",
        "bindings/abi/reference/README.md",
        LOCK,
    ],
)
def test_a_changed_or_missing_file_fails(tree: Path, run: Run, name: str) -> None:
    text = (tree / name).read_text()
    (tree / name).write_text(re.sub("brisk", "brusk", text, count=2, flags=re.IGNORECASE))
    complaints = run("--check")
    assert f"{name} differs" in complaints
    assert "brusk" in complaints
    assert "run `make gen`" in complaints
    (tree / name).unlink()
    assert f"{name} is missing" in run("--check")
    assert run() == ""
    assert (tree / name).read_text() == text


@pytest.mark.parametrize(
    "name",
    [
        "include/brisk/old.h",
        "include/brisk/detail/old.h",
        "bindings/abi/reference/old.md",
        "bindings/abi/lock/notes.txt",
    ],
)
def test_a_stray_file_fails(tree: Path, run: Run, name: str) -> None:
    (tree / name).parent.mkdir(exist_ok=True)
    (tree / name).write_text("by hand\n")
    assert f"{name} is not generated" in run("--check")
    run()
    assert (tree / name).exists()


def test_a_file_once_generated_beside_others_is_a_stray_and_goes(tree: Path, run: Run) -> None:
    old = tree / "lib/abi/old.map"
    shutil.copy(tree / "lib/abi/brisk.map", old)
    (tree / "lib/abi/cache.cc").write_text("// by hand\n")
    assert "lib/abi/old.map is not generated" in run("--check")
    assert run() == ""
    assert not old.exists()
    assert run("--check") == ""


@pytest.mark.parametrize(
    ("path", "old", "new", "complaint"),
    [
        (BASE, ', doc: "The call did what it says."', "", "'doc' is a required property"),
        (BASE, "The call did what it says.", "TODO: say what.", "holds TODO"),
        (BASE, "The call did what it says.", "The call did what it says", "full stop"),
        (BASE, "The call did what it says.", "As brisk_nothing.", "brisk_nothing, which does not"),
        (BASE, "The call did what it says.", "Ends /* here.", "begin or end a comment"),
        (BASE, "OK: {value: 0", "OK: {colour: 0, value: 0", "'colour' was unexpected"),
        (BASE, "END: {value: 2", "MISS: {value: 2", "MISS stands twice"),
        (BASE, "END: {value: 2", "END: {value: 1", "MISS shares its value"),
        (BASE, "returns: text\n    borrowed_from: error", "returns: text", "borrowed_from"),
        (BASE, "errors: [INVALID]", "errors: [MISS]", "MISS is no error"),
        (BASE, "errors: [INVALID]", "errors: [WRONG]", "WRONG is no error"),
        (BASE, "errors: [INVALID]", "", "'errors' is a required property"),
        (BASE, "errors: [INVALID]", "errors: [INTERNAL]", "INVALID is not among the errors"),
        (BASE, "fallible: true", "", "parse_size"),
        (BASE, '  version:\n    since: "0.1"', '  version:\n    since: "0.2"', "later than"),
        (BASE, "type: handle.error, nullable", "type: handle.cache, nullable", "not known"),
        (CACHE, 'reserved: {type: u32, doc: "Always zero."}', "", "struct cache_stats: 4 bytes of"),
        (
            CACHE,
            "fields:\n      policy",
            'fields:\n      odd: {type: u64, doc: "Its default."}\n      policy',
            "between struct_size and odd",
        ),
        (CACHE, "in nanoseconds; default BRISK_FOREVER", "default BRISK_FOREVER", "nanosecond"),
        (CACHE, "Receives the size of the value in bytes", "Receives the size", "unit is the byte"),
        (
            CACHE,
            "of fewer bytes stay raw; default: 512,",
            "of fewer bytes stay raw.",
            "the default",
        ),
        (CACHE, ", transfer: full", "", "transfer"),
        (CACHE, "outcomes: [REFUSED]", "outcomes: [CLOSED]", "CLOSED is no outcome"),
        (CACHE, "count: count, dir", "count: counts, dir", "counts, which is no size"),
        (CACHE, "length: name_size", "length: policy", "policy, which is no size"),
        (CACHE, "close: cache_close", "close: cache_clothes", "cache_clothes"),
        (CACHE, "[INVALID, CLOSED, TOO_LARGE, OUT_OF", "[INVALID, TOO_LARGE, OUT_OF", "be closed"),
        (CACHE, "cache_read_stats:", "cache_stats:", "brisk_cache_stats is both struct"),
        (CACHE, "includes: [runtime]", "includes: [load]", "go in a circle"),
        (CACHE, "  cache_clear:\n", "  cache_clear:\n    blocks: true\n", "blocks without"),
        (CACHE, "module: cache", "module: cash", "describes module cash"),
        (DRIVER, "surface: driver", "surface: library", "belong to the surface of drivers"),
        (DRIVER, "exports:", "functions:", "a driver links nothing of brisk"),
        (DRIVER, "type: table.host", "type: table.most", "table.most is not known"),
        (DRIVER, "Opens a connection.", "Opens a connection", "full stop"),
        (DRIVER, "it may take in nanoseconds; B", "it may take; B", "unit is the nanosecond"),
    ],
)
def test_a_bad_spec_fails(
    tree: Path, run: Run, path: str, old: str, new: str, complaint: str
) -> None:
    edit(tree / path, old, new)
    before = (tree / "include/brisk/cache.h").stat().st_mtime_ns
    assert complaint in run()
    assert (tree / "include/brisk/cache.h").stat().st_mtime_ns == before


def test_one_entry_of_yaml_changes_every_output(tree: Path, run: Run) -> None:
    add_function(
        tree,
        """
  cache_weigh:
    since: "0.1"
    state: unstable
    thread: any
    fallible: true
    params:
      cache: {type: handle.cache, doc: "The cache."}
      size: {type: size, dir: out, doc: "Receives the weight in bytes."}
    errors: [INVALID, CLOSED]
    doc: "Weighs a cache."
""",
    )
    names = [
        "include/brisk/cache.h",
        "lib/abi/brisk.map",
        "tests/abi/layout.c",
        "bindings/abi/reference/cache.md",
        LOCK,
    ]
    complaints = run("--check")
    assert all(f"{name} differs" in complaints for name in names)
    old = json.loads((tree / LOCK).read_text())["digest"]
    assert run() == ""
    assert all("brisk_cache_weigh" in (tree / name).read_text() for name in names)
    new = json.loads((tree / LOCK).read_text())["digest"]
    assert new != old
    assert new in (tree / "include/brisk/base.h").read_text()
    assert run("--check") == ""


def test_documentation_does_not_change_the_digest(tree: Path, run: Run) -> None:
    lock = (tree / LOCK).read_bytes()
    edit(tree / CACHE, "Creates a cache.", "Makes a cache.")
    assert run() == ""
    assert (tree / LOCK).read_bytes() == lock


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("returns: u32", "returns: u64", 'its returns changed from "uint32_t" to "uint64_t"'),
        ("abi_version:", "abi_number:", "it is gone"),
        ("state: stable", "state: unstable", 'its state changed from "stable" to "unstable"'),
    ],
)
def test_a_stable_entry_cannot_change(
    tree: Path, run: Run, old: str, new: str, complaint: str
) -> None:
    make_stable(tree, run)
    assert run("--check") == ""
    lock = (tree / LOCK).read_bytes()
    edit(tree / BASE, old, new)
    for arguments in (["--check"], []):
        assert f"brisk_abi_version is stable in 0.1.json: {complaint}" in run(*arguments)
    assert (tree / LOCK).read_bytes() == lock


def test_a_stable_entry_cannot_move(tree: Path, run: Run) -> None:
    make_stable(tree, run)
    text = (tree / BASE).read_text()
    start = text.index("  abi_version:")
    entry = text[start : text.index("  abi_digest:")]
    (tree / BASE).write_text(text.replace(entry, ""))
    add_function(tree, entry)
    assert "it moved from base to cache" in run()


def test_a_stable_entry_is_held_by_the_lock_of_every_version(tree: Path, run: Run) -> None:
    make_stable(tree, run)
    edit(tree / "bindings/abi/spec/version.yaml", "abi: [0, 1]", "abi: [0, 2]")
    assert run() == ""
    assert (tree / "bindings/abi/lock/0.2.json").exists()
    assert run("--check") == ""
    edit(tree / BASE, "returns: u32", "returns: u64")
    assert "stable in 0.1.json" in run()


def test_a_stable_entry_cannot_use_an_unstable_one(tree: Path, run: Run) -> None:
    stabilize(tree / BASE, "error_status")
    assert "error_status: is stable and uses brisk_error, which is not" in run()


def test_a_stable_struct_grows_only_at_its_end(tree: Path, run: Run) -> None:
    path = tree / "bindings/abi/spec/runtime.yaml"
    edit(
        path,
        "runtime_stats:\n    sized: true",
        "runtime_stats:\n    state: stable\n    sized: true",
    )
    assert run() == ""
    last = 'doc: "The most bytes that were held at one time."}\n'
    edit(path, last, f'{last}      more: {{type: u64, doc: "More."}}\n')
    assert run() == ""
    edit(path, "      held_bytes", '      other: {type: u64, doc: "Other."}\n      held_bytes')
    assert "brisk_runtime_stats is stable in 0.1.json: its fields changed" in run()


def test_a_stable_table_grows_only_at_its_end(tree: Path, run: Run) -> None:
    for name in ("host", "log", "driver_task_fn"):
        edit(tree / DRIVER, f"  {name}:\n", f"  {name}:\n    state: stable\n")
    for name in ("error", "status", "destroy_fn"):
        edit(tree / BASE, f"  {name}:\n", f"  {name}:\n    state: stable\n")
    assert run() == ""
    params = '{size: {type: size, doc: "Bytes."}}'
    slot = f'        since: "1.1"\n        returns: u64\n        params: {params}\n'
    late = f'      late:\n{slot}        doc: "Late."\n'
    edit(tree / DRIVER, "  connection_driver:\n", f"{late}  connection_driver:\n")
    assert run() == ""
    header = (tree / "include/brisk/driver.h").read_text()
    assert "uint64_t (*late)(size_t size);" in header
    assert "brisk_host, late, 56, 8" in (tree / "tests/abi/layout.c").read_text()
    edit(tree / DRIVER, "      release:\n", late.replace("late:", "early:") + "      release:\n")
    assert "brisk_host is stable in 0.1.json: its slots changed" in run()


def test_drivers_are_no_concern_of_the_digest_nor_of_bindings(tree: Path, run: Run) -> None:
    base = (tree / "include/brisk/base.h").read_text()
    edit(tree / DRIVER, "      now:\n", "      moment:\n")
    complaints = run("--check")
    assert "include/brisk/driver.h differs" in complaints
    assert run() == ""
    assert (tree / "include/brisk/base.h").read_text() == base
    assert "brisk_host" not in (tree / "bindings/go/internal/capi/zcapi.go").read_text()


def test_a_damaged_lock_fails(tree: Path, run: Run) -> None:
    (tree / LOCK).write_text("{}\n")
    assert "0.1.json: not a lock" in run("--check")


def test_yaml_names_are_not_booleans(tree: Path) -> None:
    assert "BRISK_COMPRESSION_OFF = 1" in (tree / "include/brisk/cache.h").read_text()
