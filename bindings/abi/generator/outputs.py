"""The table of what is generated, and how it is rendered, written and compared.

A language is one more module in LANGUAGES and its templates.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import jinja2

from generator import go, lock, python, rust, text
from generator.model import Model
from generator.source import ABI
from generator.template import Output

BANNER = "Generated from bindings/abi/spec. Do not edit; run `make gen`."
DIFF_LINES = 16


LANGUAGES = (rust, go, python)
OUTPUTS = (
    Output("header.h.j2", "include/brisk/{module}.h", drivers=True),
    Output("brisk.h.j2", "include/brisk/brisk.h"),
    Output("brisk.map.j2", "lib/abi/brisk.map"),
    Output("status_names.inc.j2", "lib/abi/status_names.inc"),
    Output("driver_slots.inc.j2", "lib/modules/driver_slots.inc"),
    Output("layout.c.j2", "tests/abi/layout.c"),
    Output("reference.md.j2", "bindings/abi/reference/{module}.md", drivers=True),
    Output("reference_index.md.j2", "bindings/abi/reference/README.md"),
    *(output for language in LANGUAGES for output in language.OUTPUTS),
)
# Nothing but generated files lives here; locks of other versions stand beside the current one.
OWNED = (Path("include/brisk"), ABI / "reference")


def render(root: Path, model: Model) -> dict[Path, str]:
    """Every generated file, as its path below root and its text."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root / ABI / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    templates.filters.update(text.FILTERS)
    for language in LANGUAGES:
        templates.filters.update(language.FILTERS)
    templates.globals.update(model=model, banner=BANNER, digest=lock.digest(model))
    files = {lock.path(model): lock.render(model, BANNER)}
    for output in OUTPUTS:
        template = templates.get_template(output.template)
        modules = model.everything if output.drivers else model.modules
        for module in modules if "{module}" in output.path else modules[:1]:
            path = Path(output.path.format(module=module.name))
            files[path] = template.render(module=module)
    return files


def write(root: Path, files: dict[Path, str]) -> list[str]:
    """Writes what differs, removes generated files that are no longer generated, names both."""
    done = []
    for path, content in files.items():
        if _read(root / path) != content:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content, encoding="utf-8")
            done.append(f"wrote {path}")
    for path in strays(root, files):
        if _generated(root / path):
            (root / path).unlink()
            done.append(f"removed {path}")
    return done


def check(root: Path, files: dict[Path, str]) -> list[str]:
    """What differs, is missing, or is there and should not be."""
    problems = []
    for path, content in files.items():
        found = _read(root / path)
        if found is None:
            problems.append(f"{path} is missing")
        elif found != content:
            problems.append(f"{path} differs\n{_diff(path, found, content)}")
    return problems + [f"{path} is not generated from the spec" for path in strays(root, files)]


def strays(root: Path, files: dict[Path, str]) -> list[Path]:
    """Files in generated directories, and generated ones beside others, that files lacks."""
    found = {path for owned in OWNED for path in (root / owned).rglob("*") if not path.is_dir()}
    beside = {path.parent for path in files} - {lock.DIRECTORY}
    found |= {path for at in beside for path in (root / at).glob("*") if _generated(path)}
    found |= {path for path in (root / lock.DIRECTORY).glob("*") if not _is_lock(path)}
    return sorted(path.relative_to(root) for path in found if path.relative_to(root) not in files)


def _is_lock(path: Path) -> bool:
    return path.suffix == ".json" and all(part.isdigit() for part in path.stem.split("."))


def _generated(path: Path) -> bool:
    """Whether a file says in its first line that it was generated."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return BANNER.encode() in file.readline()


def _read(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None


def _diff(path: Path, found: str, expected: str) -> str:
    lines = difflib.unified_diff(
        found.splitlines(), expected.splitlines(), f"{path}", f"{path} (generated)", lineterm=""
    )
    head = list(lines)
    more = [f"... {len(head) - DIFF_LINES} more lines"] if len(head) > DIFF_LINES else []
    return "\n".join(f"  {line}" for line in head[:DIFF_LINES] + more)
