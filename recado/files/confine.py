"""Shuts the program that looks at files in: it then reads and writes what is named here, and reaches nothing else.

By Landlock (landlock(7)) for files, TCP and signals, and by a filter of system calls (seccomp(2)) for all other
sockets, which Landlock lets be: a database may know its user by the socket alone. Both need no rights of their
own. What was open before stays open; what is shut stays shut.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""The same numbers on every kind of machine that Python runs on."""
VERSION = 1
PATH_BENEATH = 1
NO_NEW_PRIVS = 38
"""PR_SET_NO_NEW_PRIVS of prctl(2)."""
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
TRUNCATE = 1 << 14
_FILES = ((1, (1 << 13) - 1), (2, 1 << 13), (3, TRUNCATE), (5, 1 << 15))
"""What can be done with files, by the version that can forbid it."""
_TCP = 0b11
_OTHERS = 0b11
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
"""Where libraries find the libraries that they need."""


SET_SECCOMP, FILTER = 22, 2
_IO_URING = 425
"""io_uring_setup(2): what goes through there is not filtered."""
_MACHINES = {"x86_64": (0xC000003E, (41, 76, _IO_URING)), "aarch64": (0xC00000B7, (198, 45, _IO_URING))}
"""How the kernel calls a machine (AUDIT_ARCH), and what is not called there: socket(2); truncate(2), which Landlock
lets be before its version 3."""
_OTHER_CALLS = 0x40000000
"""From here on the numbers of x86's other way to call."""
_LOAD, _IS, _FROM, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOWED, _REFUSED = 0x7FFF0000, 0x00050000 | errno.EPERM


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("others", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("file", ctypes.c_int32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def version() -> int:
    """Return which Landlock this system has; 0 where it has none."""
    if sys.platform != "linux":
        return 0
    found: int = _library().syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)
    return max(0, found)


def shut_in(reads: Iterable[Path], writes: Iterable[Path]) -> bool:
    """Reach these files, read what Python consists of, and nothing more; return False where the system cannot do that.

    No socket is made, from version 6 on no other process is signalled. `OSError` where one of the files is not there.
    """
    known = version()
    if known == 0:
        return False
    handled = sum(rights for since, rights in _FILES if known >= since)
    asked = _Ruleset(handled, _TCP if known >= 4 else 0, _OTHERS if known >= 6 else 0)
    rules = _called(CREATE_RULESET, ctypes.byref(asked), ctypes.c_size_t(ctypes.sizeof(asked)), 0)
    try:
        for path in _python():
            _allow(rules, path, READ_FILE | (READ_DIR if path.is_dir() else 0))
        for path in reads:
            _allow(rules, path, READ_FILE)
        for path in writes:
            _allow(rules, path, (READ_FILE | WRITE_FILE | TRUNCATE) & handled)
        _sure(_library().prctl(NO_NEW_PRIVS, 1, 0, 0, 0))
        _called(RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
    _filter_calls()
    return True


def _filter_calls() -> None:
    """Let no socket be made from now on, and no file be emptied by its name, where it is known how that is called."""
    if platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        return
    machine, calls = _MACHINES[platform.machine()]
    steps = (
        (_LOAD, 0, 0, 4),
        (_IS, 0, len(calls) + 3, machine),  # if it is not, so many steps further on
        (_LOAD, 0, 0, 0),
        (_FROM, len(calls) + 1, 0, _OTHER_CALLS),
        *((_IS, len(calls) - at, 0, call) for at, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOWED),
        (_RETURN, 0, 0, _REFUSED),
    )
    packed = b"".join(struct.pack("HBBI", *step) for step in steps)
    _library().prctl(SET_SECCOMP, FILTER, ctypes.byref(_Program(len(steps), packed)), 0, 0)


def _python() -> Iterator[Path]:
    """Yield where code lies: Python's, and of what else was fetched by now each package or file, with its libraries."""
    named = sysconfig.get_paths()
    places = {Path(named[one]) for one in ("stdlib", "platstdlib", "purelib", "platlib")} | set(map(Path, _SYSTEM))
    yield from (one for one in places if one.exists())
    for name, module in list(sys.modules.items()):
        file = Path(getattr(module, "__file__", None) or "")
        if "." in name or not file.is_file() or not places.isdisjoint(file.parents):
            continue
        whole = file.parent if file.stem == "__init__" else file
        yield whole
        yield from whole.parent.glob("*.libs")


def _allow(rules: int, path: Path, rights: int) -> None:
    file = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        _called(ADD_RULE, rules, PATH_BENEATH, ctypes.byref(_Beneath(rights, file)), 0)
    finally:
        os.close(file)


def _called(number: int, *arguments: object) -> int:
    return _sure(_library().syscall(number, *arguments))


def _sure(got: int) -> int:
    if got < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return got


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
