"""The forms of which the JSON Schema of a document is made: texts, numbers, tables, bounds.

Only keywords that draft 7 knows too, since editors follow that one.
"""

from collections.abc import Mapping

from schemes.terms.bands import EDGES
from schemes.terms.numbers import UNITS
from schemes.terms.reading_conditions import TERM_UNITS

Json = dict[str, object]

_MONEY = r"(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]{1,2})?"
_NUMBER = r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?"
_COUNT = r"[0-9]{1,12}"
_RATIO = r"0*(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]{1,6})?)%"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PATTERNS: Mapping[str, tuple[str, str]] = {
    "money": (_MONEY, '金额，以元计，至多两位小数，带引号，例如 "1000.00"'),
    "ratio": (_RATIO, '比例，不大于 100%，带引号，例如 "80%"'),
    "factor": (r"[0-9]{1,6}(?:\.[0-9]{1,6})?%", '百分比，可以大于 100%，带引号，例如 "150%"'),
    "count": (_COUNT, '个数、天数、人数，带引号，例如 "22"'),
    "age": (_COUNT, '周岁，带引号，例如 "18"'),
    "number": (_NUMBER, '一个数，带引号，例如 "28.5"'),
}
_OTHER_PATTERNS: Mapping[str, tuple[str, str]] = {
    "day": (_DAY, '日期，带引号，例如 "2024-10-14"'),
    "edge": (f"(?:{_MONEY}|{_NUMBER}|{_DAY})", '界限：数或日期，带引号，例如 "18"、"100.00"、"2024-07-01"'),
    "height": (f"(?:{_MONEY}|{_NUMBER})", '限额；写了 multiple_of 的是倍数。带引号，例如 "50000.00"、"15"'),
    "part": (f"(?:{_MONEY}|{_RATIO})", '比例或每人金额，带引号，例如 "80%"、"16.00"'),
}
_FIGURES = ("money", "ratio", "count", "number")
# a limit's table has no `otherwise`: every case has a limit
_AMOUNTS = {"money": True, "ratio": True, "factor": True, "height": False}
_EDGE_WORDS = {
    "at_least": "含：满、以上、达到、起",
    "above": "不含：大于、超过、以外",
    "at_most": "含：不超过、以下、以内、至",
    "below": "不含：不满、低于",
}
_TERM_WORDS = {"days": "天数", "months": "月数", "years": "年数"}
EDGE_NEEDED: Json = {"anyOf": [{"required": [edge]} for edge in EDGES]}
EDGES_APART: Json = {"not": {"anyOf": [{"required": ["at_least", "above"]}, {"required": ["at_most", "below"]}]}}


def ref(name: str, words: str) -> Json:
    return {"$ref": f"#/$defs/{name}", "description": words}


CLAUSE = ref("clause", "依据：clauses 里有的编号")
READING = ref("interpretation", "口径：通知没写明、有两种读法的，写明取哪一种")


def text(words: str = "") -> Json:
    """A text that isn't empty."""
    return _with({"type": "string", "pattern": r"\S"}, words)


def flag(words: str) -> Json:
    return {"type": "boolean", "description": words}


TRIAL = flag("编出来的数（协议不公开、条款没拿到）写 true；时限以外的，换成真数以前不能正式发布")
NOTES: Json = {"interpretation": READING, "trial": TRIAL}


def choice(words: str, codes: tuple[str, ...], meanings: Mapping[str, str]) -> Json:
    """One of the reader's codes, each with its meaning; a code without one is a KeyError."""
    listed = "；".join(f"{code} {meanings[code]}" for code in codes)
    return {"enum": list(codes), "description": f"{words}：{listed}", "enumDescriptions": [meanings[c] for c in codes]}


def listing(item: Json, words: str) -> Json:
    return {"type": "array", "items": item, "minItems": 1, "description": words}


def by_code(item: Json, words: str) -> Json:
    """Any codes, at least one."""
    return {"type": "object", "additionalProperties": item, "minProperties": 1, "description": words}


def labels(words: str) -> Json:
    return by_code(text(), words)


def mapping(
    words: str, required: Mapping[str, object], optional: Mapping[str, object] | None = None, **rules: object
) -> Json:
    """These keys and no others."""
    shape: Json = {"type": "object", "properties": {**required, **(optional or {})}, "additionalProperties": False}
    if required:
        shape["required"] = list(required)
    return _with({**shape, **rules}, words)


def exactly_one(keys: Mapping[str, object]) -> Json:
    """One of these keys, as a mapping of its own."""
    return {"type": "object", "properties": dict(keys), "additionalProperties": False, **COUNT_ONE}


COUNT_ONE: Json = {"minProperties": 1, "maxProperties": 1}


def one_way(*names: str) -> Json:
    """A rule: one of these keys stands here, and only one."""
    return {"oneOf": [{"required": [name]} for name in names]}


def figure(unit: str, words: str) -> Json:
    return ref(f"{unit}_figure", words)


def amount(unit: str, words: str) -> Json:
    return ref(f"{unit}_amount", f"{words}：{{value, clause}}，或按事实分的表（by 加 values 或 bands）")


def edges(unit: str) -> Json:
    return {name: ref(unit, _EDGE_WORDS[name]) for name in EDGES}


def bounded(
    words: str, required: Mapping[str, object], optional: Mapping[str, object], *, unit: str, needed: bool = False
) -> Json:
    """A mapping with edges; `needed`: at least one of them."""
    rules = {**EDGES_APART, **(EDGE_NEEDED if needed else {})}
    return mapping(words, required, {**edges(unit), **optional}, **rules)


def definitions() -> Json:
    """What others refer to by `ref`."""
    found: Json = {
        "clause": text(),
        "interpretation": mapping("", {"title": text("口径的名称"), "text": text("取哪种读法、为什么")}),
        "term": exactly_one({unit: figure("count", _TERM_WORDS[unit]) for unit in TERM_UNITS}),
        "when": _when(),
    }
    for name, (pattern, words) in {**{unit: _PATTERNS[unit] for unit in UNITS}, **_OTHER_PATTERNS}.items():
        found[name] = {"type": "string", "pattern": f"^{pattern}$", "description": words}
    for unit in dict.fromkeys((*_FIGURES, *_AMOUNTS)):
        found[f"{unit}_figure"] = mapping("", {"value": ref(unit, "数，带引号"), "clause": CLAUSE}, NOTES)
    for unit, otherwise in _AMOUNTS.items():
        found |= _tables(unit, otherwise=otherwise)
    return found


def _when() -> Json:
    value: Json = {"type": ["string", "boolean"]}
    several = {"oneOf": [value, {"type": "array", "items": value, "minItems": 1}]}
    return {"type": "object", "additionalProperties": several, **COUNT_ONE}


def _tables(unit: str, *, otherwise: bool) -> Json:
    """A figure or a table; inside a table, what isn't written is taken over from around it."""
    own: Json = {"clause": CLAUSE, **NOTES}
    inner = _table(unit, otherwise=otherwise)
    outer = {**inner, "required": ["by", "clause"]}
    value = {"value": ref(unit, "这一档的数，带引号")}
    bare = ref(unit, "数，带引号")
    return {
        f"{unit}_amount": {"oneOf": [ref(f"{unit}_figure", "一个数"), outer]},
        f"{unit}_table": inner,
        f"{unit}_entry": {"oneOf": [bare, mapping("", value, own), ref(f"{unit}_table", "表里再套表")]},
        f"{unit}_band": {
            "oneOf": [
                bounded("", value, own, unit="edge", needed=True),
                {**inner, **_banded(inner)},
            ]
        },
    }


def _table(unit: str, *, otherwise: bool) -> Json:
    optional: Json = {
        "clause": CLAUSE,
        "values": by_code(ref(f"{unit}_entry", "这个选项的数，或再套一张表"), "按选项：每个选项一个数"),
        "bands": listing(ref(f"{unit}_band", "一档"), "按大小分档：各档相接，不留空档，不重叠"),
        **({"otherwise": text("没有列的情形为什么不赔")} if otherwise else {}),
        **NOTES,
    }
    by = {"by": text("按哪个事实：choice、yes_no 用 values，金额、个数、年龄、日期等用 bands；步骤里可写 balance")}
    return mapping("", by, optional, **one_way("values", "bands"))


def _banded(inner: Json) -> Json:
    """What a further table has besides when it fills a band."""
    properties = inner["properties"]
    assert isinstance(properties, dict)
    return {"properties": {**edges("edge"), **properties}, **EDGES_APART, **EDGE_NEEDED}


def _with(shape: Json, words: str) -> Json:
    return {**shape, "description": words} if words else shape
