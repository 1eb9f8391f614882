"""The raw layer in Python: its files, and the words that they are made of."""

from __future__ import annotations

from collections.abc import Callable

from generator.template import Output

OUTPUTS: tuple[Output, ...] = ()

FILTERS: dict[str, Callable[..., object]] = {}
