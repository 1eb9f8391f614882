"""The exceptions: one class for each failure, all of them brisk.Error."""

from __future__ import annotations

from brisk import _brisk
from brisk._brisk import Error


class Timeout(Error, TimeoutError):
    """The timeout passed before the load ended; the load goes on."""

    __module__ = "brisk"
    status = _brisk.TIMEOUT
    status_name = "BRISK_TIMEOUT"


class Refused(Error):
    """The value is there, but there is no room to unpack it, because callers pin what is held."""

    __module__ = "brisk"
    status = _brisk.REFUSED
    status_name = "BRISK_REFUSED"
