"""与户主关系: the names of GB/T 4761 and the everyday words for them, each as its two-digit code."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path

_EVERYDAY = {
    "配偶": ("夫妻", "爱人", "老伴"),
    "夫": ("丈夫", "老公"),
    "妻": ("妻子", "老婆"),
    "子": ("儿子", "儿"),
    "女": ("女儿", "闺女"),
    "长子": ("大儿子", "大儿"),
    "长女": ("大女儿",),
    "次子": ("二子", "二儿子", "二儿"),
    "次女": ("二女", "二女儿"),
    "三子": ("三儿子", "三儿"),
    "三女": ("三女儿",),
    "四子": ("四儿子", "四儿"),
    "四女": ("四女儿",),
    "五子": ("五儿子",),
    "五女": ("五女儿",),
    "其他儿子": ("六子", "七子", "小儿子", "幼子", "幺儿", "幺子"),
    "其他女儿": ("六女", "七女", "小女儿", "小女", "幼女", "幺女"),
    "养子或继子": ("养子", "继子"),
    "养女或继女": ("养女", "继女"),
    "儿媳": ("儿媳妇", "媳妇", "媳", "子媳"),
    "女婿": ("婿", "上门女婿"),
    "孙子、孙女或外孙子、外孙女": ("孙子女", "孙子或孙女", "孙辈", "外孙子女"),
    "孙子": ("孙", "孙儿"),
    "孙女": ("孙女儿",),
    "外孙子": ("外孙", "外孙儿"),
    "外孙女": ("外孙女儿",),
    "孙媳妇或外孙媳妇": ("孙媳", "孙媳妇", "外孙媳妇", "外孙媳", "孙儿媳"),
    "孙女婿或外孙女婿": ("孙女婿", "外孙女婿", "孙婿"),
    "曾孙子或外曾孙子": ("曾孙子", "曾孙", "外曾孙子", "外曾孙", "重孙", "重孙子"),
    "曾孙女或外曾孙女": ("曾孙女", "外曾孙女", "重孙女"),
    "其他孙子、孙女或外孙子、外孙女": ("曾孙子女", "玄孙", "玄孙女"),
    "父母": ("双亲",),
    "父亲": ("父", "爸爸", "爸", "生父"),
    "母亲": ("母", "妈妈", "妈", "生母"),
    "继父或养父": ("继父", "养父"),
    "继母或养母": ("继母", "养母"),
    "岳父": ("丈人", "岳丈"),
    "岳母": ("丈母娘",),
    "其他父母关系": ("公婆", "岳父母"),
    "祖父母或外祖父母": ("祖父母", "外祖父母"),
    "祖父": ("爷爷", "爷"),
    "祖母": ("奶奶", "奶"),
    "外祖父": ("外公", "姥爷"),
    "外祖母": ("外婆", "姥姥"),
    "兄弟姐妹": ("兄、弟、姐、妹", "兄弟姊妹"),
    "兄": ("哥哥", "哥", "兄长"),
    "嫂": ("嫂子", "兄嫂", "嫂嫂"),
    "弟": ("弟弟", "胞弟"),
    "弟媳": ("弟媳妇", "弟妇"),
    "姐姐": ("姐", "姊"),
    "妹妹": ("妹", "胞妹"),
    "伯父": ("伯", "伯伯"),
    "伯母": ("伯娘",),
    "叔父": ("叔", "叔叔"),
    "婶母": ("婶", "婶婶", "婶娘"),
    "舅父": ("舅", "舅舅"),
    "舅母": ("舅妈", "舅娘"),
    "姨母": ("姨", "姨妈", "姨娘"),
    "姨父": ("姨夫",),
    "姑母": ("姑", "姑姑", "姑妈"),
    "姑父": ("姑夫",),
    "堂兄弟、堂姐妹": ("堂兄", "堂弟", "堂姐", "堂妹", "堂兄弟", "堂姐妹"),
    "表兄弟、表姐妹": ("表兄", "表弟", "表姐", "表妹", "表兄弟", "表姐妹"),
    "侄子": ("侄", "侄儿"),
    "侄女": ("侄女儿",),
    "外甥": ("外甥儿", "外甥子"),
    "外甥女": ("甥女",),
    "其他亲属": ("其他亲戚", "其它亲属", "其他直系亲属", "亲属", "亲戚", "家属", "侄媳", "侄媳妇", "侄孙", "侄孙女"),
    "其他": ("其它", "成员", "家庭成员", "户内成员"),
    "非亲属": ("无亲属关系", "无关系"),
}
_OF_THE_HEAD = re.compile(r"户主(?:本人)?[的之]?(?=.)|[的之](?=.)")
_NUMBERED = re.compile(r"[0-9]{1,2}[-.、:)]?(?=[^0-9])")
_IN_BRACKETS = re.compile(r"([^()]+)\(([^()]+)\)")
_BETWEEN = re.compile(r"[/、,]|或")
_ORDINAL = re.compile(r"[长次大二三四五六七八小幼幺](?=.)")
_CHILD = frozenset({"子女", "儿女", "孩子", "小孩"})
_CHILD_BY_SEX = {"male": "20", "female": "30"}
# what two words have in common where a row names both, so that whoever filled it in did not choose
_BOTH = {
    frozenset({"01", "02"}): "02",
    frozenset({"11", "12"}): "10",
    frozenset({"41", "42"}): "40",
    frozenset({"51", "52"}): "50",
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


def relation_code(word: str, sex: str | None = None) -> str | None:
    """The GB/T 4761 code of a folded word, or None; the code itself is understood too.

    What is said around the word is left out: 户主之妻, 1-本人, 配偶（妻）, 大孙子; 子女 is told by the person's sex.
    """
    return _plain_code(word) or _code_among(word, sex) or _loose_code(word, sex)


def _plain_code(word: str) -> str | None:
    return CODE_BY_WORD.get(word) or (word if word in _CODES else None)


def _code_among(word: str, sex: str | None) -> str | None:
    """Of children by their sex, and of several words that mean one relation."""
    if word in _CHILD:
        return _CHILD_BY_SEX.get(sex or "")
    codes = [_plain_code(part) for part in _BETWEEN.split(word)]
    if len(codes) < 2 or None in codes:
        return None
    found = frozenset(code for code in codes if code is not None)
    if found == {"20", "30"}:
        return _CHILD_BY_SEX.get(sex or "")
    return next(iter(found)) if len(found) == 1 else _BOTH.get(found)


def _loose_code(word: str, sex: str | None) -> str | None:
    """Without what stands before the word, or in brackets behind it."""
    if brackets := _IN_BRACKETS.fullmatch(word):
        return relation_code(brackets[1], sex) or relation_code(brackets[2], sex)
    for before in (_OF_THE_HEAD, _NUMBERED):
        if found := before.match(word):
            return relation_code(word[found.end() :], sex)
    ordinal = _ORDINAL.match(word)
    return _plain_code(word[1:]) if ordinal and word[1:] not in _NEVER_NUMBERED else None


def relation_name(code: str) -> str:
    """The word for a code; what is no code is shown as it stands."""
    return _NAME_BY_CODE.get(code, code)


_CODES = frozenset(CODE_BY_WORD.values())
_NEVER_NUMBERED = frozenset({"子", "女", "妻", "夫", *_CODES})  # numbered children have codes of their own
_NAME_BY_CODE: Mapping[str, str] = {CODE_BY_WORD[name]: name for name in reversed(NAMES)}
HEADS = frozenset({CODE_BY_WORD["本人"], CODE_BY_WORD["户主"], "户主"})
