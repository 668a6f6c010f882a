"""Honest files with something changed in them, by seed: bytes, members of the zip, tags and numbers of the sheet."""

import io
import random
import struct
import zipfile
from collections.abc import Callable

from tests.hostile.others import csv_of
from tests.hostile.zips import BOOK, honest
from tests.roster.books import SECOND, text_row, zip_of

TOKENS = (
    b"<row", b"</row>", b"<c ", b"<v>", b"<f>", b'r="', b'"', b"'", b"<", b">", b"&", b"&#0;", b"&#x1F;", b"\x00", b"\xff\xfe",
    b"0", b"-1", b"99999999999999999999", b"1e400", b"NaN", b"XFD1048576", b'hidden="1"', b't="s"', b't="e"', b"<!--", b"-->",
    b"<![CDATA[", b"]]>", b"<!DOCTYPE x>", b"\n", b",", b'""', "某".encode(), "某".encode("gb18030"), b"\xf0\x9f\x98\x80", b"",
)  # fmt: skip
BOOKS = (BOOK, honest(text_row(3, *SECOND)))
TABLE = csv_of(",".join(SECOND), '"李某\n兰",1,2,3')

Mutation = Callable[[random.Random], tuple[bytes, str]]


def fuzzed(seed: int) -> tuple[bytes, str]:
    """A file and its name; the same seed, the same bytes."""
    rng = random.Random(seed)
    return rng.choice(MUTATIONS)(rng)


def _bytes(rng: random.Random) -> tuple[bytes, str]:
    """Some bytes of the zip are others, are gone, or are there again."""
    data = bytearray(rng.choice(BOOKS))
    for _ in range(rng.randint(1, 8)):
        _disturb(rng, data)
    return bytes(data), "名册.xlsx"


def _record(rng: random.Random) -> tuple[bytes, str]:
    """A number in one of the zip's records is another."""
    data = bytearray(rng.choice(BOOKS))
    marks = [at for mark in (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06") for at in _places(data, mark)]
    at = rng.choice(marks) + rng.randrange(4, 20)
    struct.pack_into("<L", data, at, rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, rng.getrandbits(32))))
    return bytes(data), "名册.xlsx"


def _member(rng: random.Random) -> tuple[bytes, str]:
    """The XML of a member is disturbed, the zip around it is right."""
    with zipfile.ZipFile(io.BytesIO(rng.choice(BOOKS))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(rng.randint(1, 3)):
        name = rng.choice([*parts, "xl/worksheets/sheet1.xml"])
        part = bytearray(parts[name])
        for _ in range(rng.randint(1, 6)):
            _disturb(rng, part)
        parts[name] = bytes(part)
    if rng.random() < 0.2:
        del parts[rng.choice(list(parts))]
    return zip_of(parts.items()), "名册.xlsx"


def _text(rng: random.Random) -> tuple[bytes, str]:
    data = bytearray(TABLE if rng.random() < 0.7 else TABLE.decode("utf-8-sig").encode("gb18030"))
    for _ in range(rng.randint(1, 6)):
        _disturb(rng, data)
    return bytes(data), "名册.csv"


def _disturb(rng: random.Random, data: bytearray) -> None:
    at, length = rng.randrange(len(data) + 1), rng.choice((0, 1, 1, 4, 30))
    piece = rng.choice(TOKENS) if rng.random() < 0.7 else rng.randbytes(rng.randint(1, 8))
    data[at : at + length] = data[at : at + length] * 3 if rng.random() < 0.1 else piece


def _places(data: bytearray, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0 and at + 24 <= len(data):
        found.append(at)
        at = data.find(mark, at + 1)
    return found


MUTATIONS: tuple[Mutation, ...] = (_bytes, _record, _member, _member, _member, _text)
