"""What versions of a module will do: ``">=1.26, <3"``, or ``"scikit-learn>=1.4"``.

Versions are compared by their release numbers, as PEP 440 reads them; 2.0rc1 and 2.0.dev3 are both
before 2.0, 2.0.post1 after it, and what follows a plus sign does not count.
"""

import operator
from types import ModuleType

from brisk._lazy import loading

COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


class Requirement:
    """A distribution and the bounds of its version."""

    def __init__(self, module: str, text: str, place: str) -> None:
        start = min((text.find(sign) for sign in "=!<>~" if sign in text), default=len(text))
        self.distribution = text[:start].strip()
        self.module = module
        self.place = place
        self.bounds = [self.bound(part.strip(), text) for part in text[start:].split(",")]
        # As pip takes it.
        self.text = text.strip() if self.distribution else module.partition(".")[0] + text.strip()

    @staticmethod
    def bound(part: str, text: str) -> tuple[str, str]:
        sign = part[:2] if part[:2] in COMPARE else part[:1]
        version = part[len(sign) :].strip()
        if sign not in COMPARE or not version[:1].isdigit():
            known = " ".join(COMPARE)
            raise ValueError(
                f"{text!r} is no requirement: write '>=1.26, <3' or 'name>=1.26', with {known}"
            )
        return sign, version

    def check(self, module: ModuleType) -> None:
        """Raises an ImportError when the version of the loaded module is out of bounds."""
        version = self.version(module)
        numbers = release(version)
        if all(COMPARE[sign](numbers, release(bound)) for sign, bound in self.bounds):
            return
        text = (
            f"{self.module} is {version}, and {self.place} requires {self.text!r}: "
            f"pip install {self.text!r}, or widen the bounds there"
        )
        record = loading.loads.get(self.module)
        if record:
            record.reason = f"ImportError: {text}"
        raise ImportError(text, name=self.module, path=getattr(module, "__file__", None))

    def version(self, module: ModuleType) -> str:
        own = getattr(module, "__version__", None)
        if isinstance(own, str) and not self.distribution:
            return own
        from importlib import metadata

        try:
            return metadata.version(self.distribution or self.module.partition(".")[0])
        except metadata.PackageNotFoundError as error:
            error.add_note(f"{self.place} requires {self.text!r}: name the distribution there.")
            raise


def release(version: str) -> tuple[tuple[int, ...], int]:
    """The numbers of a release without zeros at the end, and -1, 0, 1 for before, it and after."""
    version = version.partition("+")[0].strip().lower().removeprefix("v")
    numbers: list[int] = []
    while digits := version[: len(version) - len(version.lstrip("0123456789"))]:
        numbers.append(int(digits))
        version = version[len(digits) :]
        if version[:1] == "." and version[1:2].isdigit():
            version = version[1:]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    rest = version.lstrip(".-_")
    return tuple(numbers), 1 if rest.startswith("post") else -1 if rest else 0
