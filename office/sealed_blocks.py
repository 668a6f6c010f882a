"""A large file sealed block by block: written as it comes, read from any place, never whole in memory.

After MAGIC come blocks of BLOCK bytes (the last one shorter), each sealed under the file, its number and whether it is
the last: a block moved, left out or cut off does not open.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from orgs.crypto import CannotOpen, open_sealed, seal

MAGIC = b"PSB1"
BLOCK = 2**20


class BlockWriter:
    """Seals what is written to it into `out`; `finish` seals the last block."""

    def __init__(self, out: BinaryIO, *, context: str) -> None:
        self._out, self._context = out, context
        self._waiting = bytearray()
        self._number = 0
        out.write(MAGIC)

    def write(self, piece: bytes) -> None:
        self._waiting += piece
        while len(self._waiting) > BLOCK:  # one block stays back: the last is sealed as such
            self._seal(bytes(self._waiting[:BLOCK]), last=False)
            del self._waiting[:BLOCK]

    def finish(self) -> None:
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, block: bytes, *, last: bool) -> None:
        sealed = seal(block, context=_context(self._context, self._number, last=last))
        self._out.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


def _context(context: str, number: int, *, last: bool) -> str:
    return f"{context}:{number}{':last' if last else ''}"


class SealedReader(io.RawIOBase):
    """The plain bytes of a file of blocks; seekable."""

    def __init__(self, path: Path, *, context: str) -> None:
        self._file = path.open("rb")
        self._context = context
        self._starts = list(self._block_starts())
        self._place = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def _block_starts(self) -> Iterator[tuple[int, int]]:
        """Place and length of each sealed block."""
        end = os.fstat(self._file.fileno()).st_size
        if self._file.read(len(MAGIC)) != MAGIC:
            raise CannotOpen(f"{self._context}: 不是本系统的密文")
        place = len(MAGIC)
        while place < end:
            self._file.seek(place)
            length = int.from_bytes(self._file.read(4), "big")
            yield place + 4, length
            place += 4 + length

    def _block(self, number: int) -> bytes:
        if self._held[0] != number:
            place, length = self._starts[number]
            self._file.seek(place)
            context = _context(self._context, number, last=number == len(self._starts) - 1)
            self._held = (number, open_sealed(self._file.read(length), context=context))
        return self._held[1]

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer).cast("B")
        number, at = divmod(self._place, BLOCK)
        if number >= len(self._starts):
            return 0
        piece = self._block(number)[at : at + len(target)]
        target[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_END:
            last = len(self._starts) - 1
            offset += last * BLOCK + len(self._block(last))
        self._place = offset + (self._place if whence == os.SEEK_CUR else 0)
        return self._place

    def tell(self) -> int:
        return self._place

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()
