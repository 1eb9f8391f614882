# What type checkers see of brisk: its names, which _names.py finds at their first use.
from brisk._brisk import (
    CacheStats,
    Closed,
    Deadlock,
    Error,
    Exists,
    Internal,
    InternStats,
    InvalidArgument,
    LimiterStats,
    LoadFailed,
    OutOfMemory,
    RuntimeStats,
    TooLarge,
    Unsupported,
    WorkersStats,
    WrongType,
    is_cancelled,
    parse_size,
    version,
)
from brisk.cache import Cache
from brisk.errors import Absent, Cancelled, NeverStarted, RaceFailed, Refused, Timeout
from brisk.interns import Interner
from brisk.limits import Limiter, Token
from brisk.loads import Lease
from brisk.modules import Modules
from brisk.pins import Pin
from brisk.reports import ModuleInfo, ModuleReport
from brisk.runtime import Runtime
from brisk.tasks import Outcome, Task
from brisk.workers import Workers

__version__: str
__all__ = [
    "Absent",
    "Cache",
    "CacheStats",
    "Cancelled",
    "Closed",
    "Deadlock",
    "Error",
    "Exists",
    "InternStats",
    "Internal",
    "Interner",
    "InvalidArgument",
    "Lease",
    "Limiter",
    "LimiterStats",
    "LoadFailed",
    "ModuleInfo",
    "ModuleReport",
    "Modules",
    "NeverStarted",
    "OutOfMemory",
    "Outcome",
    "Pin",
    "RaceFailed",
    "Refused",
    "Runtime",
    "RuntimeStats",
    "Task",
    "Timeout",
    "Token",
    "TooLarge",
    "Unsupported",
    "Workers",
    "WorkersStats",
    "WrongType",
    "build_info",
    "is_cancelled",
    "parse_size",
    "version",
]

def build_info() -> dict[str, str]: ...
