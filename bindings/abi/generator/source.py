"""Reads bindings/abi/spec and checks its shape against the JSON Schemas, not what it means."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import yaml

ABI = Path("bindings/abi")
SPEC = ABI / "spec"
SCHEMA = ABI / "schema"
VERSION = "version.yaml"


class SpecError(Exception):
    """What is wrong with the spec, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Loader(yaml.CSafeLoader):
    """YAML in which a name is a name: only true and false are booleans, and a key stands once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.MarkedYAMLError(None, None, f"{key} stands twice", node.start_mark)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


# YAML 1.1 reads OFF, on, yes and no as booleans, and enums have values of these names.
BOOLEAN = "tag:yaml.org,2002:bool"
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != BOOLEAN]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(BOOLEAN, re.compile("^(true|false)$"), ["t", "f"])


def read(root: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns the versions and the modules of the spec below root, in the order of file names."""
    modules = sorted(path for path in (root / SPEC).glob("*.yaml") if path.name != VERSION)
    paths = [root / SPEC / VERSION, *modules]
    documents = [_load(path) for path in paths]
    schemas = ["version.schema.json"] + ["spec.schema.json"] * len(modules)
    problems = []
    for path, schema, document in zip(paths, schemas, documents, strict=True):
        problems += _mismatches(path.name, _validator(root, schema), document)
        if path.name != VERSION and not problems and document["module"] != path.stem:
            problems.append(f"{path.name}: describes module {document['module']}")
    if problems:
        raise SpecError(problems)
    return documents[0], documents[1:]


def _load(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader)
    except (OSError, yaml.YAMLError) as error:
        raise SpecError([f"{path.name}: {' '.join(str(error).split())}"]) from error


def _validator(root: Path, name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((root / SCHEMA / name).read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _mismatches(name: str, validator: jsonschema.Draft202012Validator, document: Any) -> list[str]:
    errors = sorted(validator.iter_errors(document), key=lambda error: [str(p) for p in error.path])
    return [f"{name}: {'.'.join(map(str, e.absolute_path)) or 'file'}: {e.message}" for e in errors]
