"""与户主关系: the names of GB/T 4761 and the everyday words for them, each as its two-digit code."""

import csv
from collections.abc import Mapping
from pathlib import Path

_EVERYDAY = {
    "配偶": ("夫妻", "爱人"),
    "夫": ("丈夫",),
    "妻": ("妻子",),
    "子": ("儿子", "之子"),
    "女": ("女儿", "之女"),
    "长子": ("大儿子",),
    "长女": ("大女儿",),
    "次子": ("二子", "二儿子"),
    "次女": ("二女", "二女儿"),
    "养子或继子": ("养子", "继子"),
    "养女或继女": ("养女", "继女"),
    "儿媳": ("儿媳妇", "媳妇"),
    "女婿": ("婿",),
    "孙子、孙女或外孙子、外孙女": ("孙子女", "孙子或孙女"),
    "孙子": ("孙",),
    "外孙子": ("外孙",),
    "孙媳妇或外孙媳妇": ("孙媳", "孙媳妇", "外孙媳妇"),
    "孙女婿或外孙女婿": ("孙女婿", "外孙女婿"),
    "曾孙子或外曾孙子": ("曾孙子", "曾孙", "外曾孙子", "外曾孙"),
    "曾孙女或外曾孙女": ("曾孙女", "外曾孙女"),
    "父亲": ("父", "之父"),
    "母亲": ("母", "之母"),
    "继父或养父": ("继父", "养父"),
    "继母或养母": ("继母", "养母"),
    "祖父母或外祖父母": ("祖父母", "外祖父母"),
    "祖父": ("爷爷",),
    "祖母": ("奶奶",),
    "外祖父": ("外公", "姥爷"),
    "外祖母": ("外婆", "姥姥"),
    "兄弟姐妹": ("兄、弟、姐、妹", "兄弟姊妹"),
    "兄": ("哥哥", "哥", "之兄"),
    "嫂": ("嫂子", "兄嫂"),
    "弟": ("弟弟", "之弟"),
    "弟媳": ("弟媳妇",),
    "姐姐": ("姐", "之姐"),
    "妹妹": ("妹", "之妹"),
    "侄子": ("侄", "侄儿"),
    "外甥女": ("甥女",),
    "其他亲属": ("其他亲戚",),
    "非亲属": ("无亲属关系",),
}


def _load() -> tuple[Mapping[str, str], tuple[str, ...]]:
    path = Path(__file__).with_name("relations_gbt4761.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        names = {row["name"]: row["code2"] for row in csv.DictReader(lines)}
    everyday = {word: names[name] for name, words in _EVERYDAY.items() for word in words}
    return {**everyday, **names}, tuple(names)


CODE_BY_WORD, NAMES = _load()
COMMON_NAMES = (
    "户主",
    "本人",
    "配偶",
    "夫",
    "妻",
    "子",
    "女",
    "长子",
    "次子",
    "长女",
    "次女",
    "儿媳",
    "女婿",
    "父亲",
    "母亲",
    "孙子",
    "孙女",
    "外孙子",
    "外孙女",
    "兄",
    "弟",
    "姐姐",
    "妹妹",
    "祖父",
    "祖母",
    "其他亲属",
    "非亲属",
)


def relation_code(word: str) -> str | None:
    """The GB/T 4761 code of a folded word, or None; the code itself is understood too."""
    return CODE_BY_WORD.get(word) or (word if word in _CODES else None)


def relation_name(code: str) -> str:
    """The word for a code; what is no code is shown as it stands."""
    return _NAME_BY_CODE.get(code, code)


_CODES = frozenset(CODE_BY_WORD.values())
_NAME_BY_CODE: Mapping[str, str] = {CODE_BY_WORD[name]: name for name in reversed(NAMES)}
HEADS = frozenset({CODE_BY_WORD["本人"], CODE_BY_WORD["户主"], "户主"})
