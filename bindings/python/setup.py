"""Builds the extension brisk._brisk against the libbrisk that pkg-config finds.

One build serves every CPython from 3.11 on. BRISK_RUNPATH replaces the folder in which the
extension looks for the library; wheel.py sets it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup

HOME = Path(__file__).resolve().parent
TREE = HOME.parents[1]
# In the source tree of brisk everything that is built lies in build/.
OUT = TREE / "build/python" if (TREE / "bindings/abi/spec").is_dir() else HOME / "build"
SYSTEM = ("/lib", "/usr/lib")


def ask(*what: str) -> list[str]:
    """What pkg-config says about brisk."""
    command = [os.environ.get("PKG_CONFIG", "pkg-config"), *what, "brisk"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    except FileNotFoundError:
        sys.exit("brisk: pkg-config is not installed; apt-get install pkg-config")
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"brisk: pkg-config does not find the library: {error.stderr.strip()}\n"
            "Install it first (make install PREFIX=...), and name its folder where that is not a\n"
            "standard one: PKG_CONFIG_PATH=PREFIX/lib/.../pkgconfig pip install ..."
        )


def runpath() -> list[str]:
    """Where the extension looks for the library, when the system would not look there itself."""
    folders = os.environ.get("BRISK_RUNPATH") or " ".join(ask("--variable=libdir"))
    is_system = any(folders == at or folders.startswith(f"{at}/") for at in SYSTEM)
    return [] if is_system else [f"-Wl,--enable-new-dtags,-rpath,{folders}"]


OUT.mkdir(parents=True, exist_ok=True)
for left in OUT.glob("lib*/brisk/**/*.py*"):  # a module that is gone would be packed again
    left.unlink()
setup(
    ext_modules=[
        Extension(
            "brisk._brisk",
            sorted(str(path.relative_to(HOME)) for path in HOME.glob("native/*.c")),
            depends=sorted(str(path.relative_to(HOME)) for path in HOME.glob("native/*.[hi]*")),
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            extra_compile_args=["-std=c11", "-O2", "-fvisibility=hidden", *ask("--cflags")],
            extra_link_args=[*ask("--libs"), *runpath()],
            py_limited_api=True,
        )
    ],
    options={
        "build": {"build_base": str(OUT)},
        "bdist_wheel": {"py_limited_api": "cp311"},
        "egg_info": {"egg_base": str(OUT)},
    },
)
