"""Ends a server when the process that owns it has ended, however that ended (run as a script, POSIX only).

A parent-death signal of the kernel would follow the *thread* that started the server, and only a parent; this
follows any process. Arguments: the owner's process id, the server's process id.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

_GRACE_S = 30


def _open(pid: int) -> int | None:
    """Handle of a process, None when it has ended; unlike a number it never comes to mean another process."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def _watch_handles(owner: int, server: int) -> None:
    server_handle = _open(server)
    if server_handle is None:
        return
    owner_handle = _open(owner)
    if owner_handle is not None:
        select.select([owner_handle, server_handle], [], [])
    for sent in (signal.SIGTERM, signal.SIGKILL):
        if select.select([server_handle], [], [], 0)[0]:
            return
        signal.pidfd_send_signal(server_handle, sent)
        select.select([server_handle], [], [], _GRACE_S)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _watch_numbers(owner: int, server: int) -> None:
    while _runs(owner):
        if not _runs(server):
            return
        time.sleep(0.5)
    for sent in (signal.SIGTERM, signal.SIGKILL):
        if not _runs(server):
            return
        os.kill(server, sent)
        until = time.monotonic() + _GRACE_S
        while _runs(server) and time.monotonic() < until:
            time.sleep(0.2)


if __name__ == "__main__":
    watch = _watch_handles if hasattr(os, "pidfd_open") else _watch_numbers
    watch(int(sys.argv[1]), int(sys.argv[2]))
