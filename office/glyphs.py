"""Which characters the print font has: one that it lacks is printed as 〓, and whoever seals the paper is told."""

import re
import struct
from functools import cache
from pathlib import Path

FONT = Path(__file__).resolve().parent / "print" / "fonts" / "NotoSerifSC_400Regular.ttf"
MISSING = "〓"  # the printer's mark for a character that the case lacks
# What has no glyph and needs none: control characters, direction and joining marks, variation selectors.
UNSEEN = ((0x00, 0x1F), (0x7F, 0x9F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x2069), (0xFE00, 0xFE0F),
          (0xFEFF, 0xFEFF), (0xE0100, 0xE01EF))  # fmt: skip
_SEGMENTED = 12  # the format of a character map that reaches beyond the first plane


def with_marks(text: str) -> str:
    """The text as it can be printed, 〓 for every character that the font lacks."""
    return _lacking().sub(MISSING, text)


def is_printable(text: str) -> bool:
    return _lacking().search(text) is None


@cache
def _lacking() -> re.Pattern[str]:
    ranges = sorted((*_covered(FONT.read_bytes()), *UNSEEN))
    return re.compile("[^" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges) + "]")


def _covered(font: bytes) -> list[tuple[int, int]]:
    """First and last code of every stretch of characters in the font (OpenType, `cmap`)."""
    table = next(
        offset
        for tag, _, offset, _ in struct.iter_unpack(">4sIII", font[12 : 12 + 16 * _short(font, 4)])
        if tag == b"cmap"
    )
    maps = struct.iter_unpack(">HHI", font[table + 4 : table + 4 + 8 * _short(font, table + 2)])
    at = next(table + offset for _, _, offset in maps if _short(font, table + offset) == _SEGMENTED)
    (groups,) = struct.unpack_from(">I", font, at + 12)
    return [(first, last) for first, last, _ in struct.iter_unpack(">III", font[at + 16 : at + 16 + 12 * groups])]


def _short(font: bytes, at: int) -> int:
    return int.from_bytes(font[at : at + 2], "big")
