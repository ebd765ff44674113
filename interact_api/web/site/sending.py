"""
Sending a file without keeping others waiting.

What the kernel has in memory is read at once; for what it would have to fetch from the disk, and
for the rest of large files, a thread waits.
"""

import asyncio
import os
from collections.abc import AsyncIterator

from .conditions import Span
from .tree import Opened

CHUNK = 1 << 18
AT_ONCE = getattr(os, "RWF_NOWAIT", None)


async def parts(file: Opened, span: Span) -> AsyncIterator[tuple[bytes, bool]]:
    """Yield the bytes of *span* in pieces, and with each whether there are more."""
    if span.first >= span.end:
        yield b"", False
    at = span.first
    while at < span.end:
        size = min(CHUNK, span.end - at)
        data = _in_memory(file.descriptor, size, at) if at == span.first else b""
        if not data:
            data = await asyncio.to_thread(os.pread, file.descriptor, size, at)
        if not data:
            raise OSError(f"{file.path} has become shorter")
        at += len(data)
        yield data, at < span.end


def _in_memory(descriptor: int, size: int, at: int) -> bytes:
    """Return bytes that need no disk; nothing if they do."""
    if AT_ONCE is None:
        return b""
    buffer = bytearray(size)
    try:
        return bytes(memoryview(buffer)[: os.preadv(descriptor, [buffer], at, AT_ONCE)])
    except OSError:  # not in memory, or a file system that doesn't tell
        return b""
