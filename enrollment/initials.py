"""Search by initials: 周某英 is found by `zmy`. Every reading of a character counts, up to a handful."""

import os
from functools import lru_cache
from itertools import islice, product

# single characters are asked for: its list of phrases would cost every process 40 MB
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

from pypinyin import Style, pinyin

MOST_READINGS = 4


@lru_cache(maxsize=20_000)
def _letters(character: str) -> tuple[str, ...]:
    readings = pinyin(character, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    letters = dict.fromkeys(letter[0] for letter in readings[0] if letter) if readings else {}
    return tuple(letters) or ((character.lower(),) if character.isascii() and character.isalnum() else ())


@lru_cache(maxsize=20_000)
def initials_of(name: str) -> str:
    """`zmy`, or several readings separated by blanks; empty where no character has one."""
    parts = [letters for letters in map(_letters, name) if letters]
    readings = ("".join(choice) for choice in islice(product(*parts), MOST_READINGS)) if parts else ()
    return " ".join(readings)[:60]
