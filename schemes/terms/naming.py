"""What a place of a document is called on screens: labels out of the document itself, Chinese words for its keys."""

import re
from dataclasses import dataclass, field

from yaml.nodes import MappingNode

from schemes.terms.outline import Outline

SECTIONS = {
    "edition": "方案",
    "notice": "通知",
    "clauses": "通知原文",
    "period": "保险期间",
    "insured": "参保对象",
    "premium": "保费",
    "shares": "出资比例",
    "insurers": "承保机构",
    "not_taking_part": "不参加的乡镇",
    "facts": "报案事项",
    "limits": "限额",
    "deadlines": "时限",
    "routes": "报案方式",
    "papers": "材料",
    "payees": "领款人",
    "coverages": "保障责任",
    "examples": "算例",
}
_WORDS = {
    "code": "代码", "title": "名称", "short_title": "简称", "number_prefix": "案件编号前缀", "place": "区划代码",
    "scheme_code": "险种代码", "scheme_name": "险种", "number": "文号", "issued_on": "发文日期",
    "issuer": "发文机关", "first": "第一天", "last": "最后一天", "from": "自", "until": "至", "who": "范围",
    "persons": "人数", "roster": "有名册", "basis": "计费方式", "rate": "标准", "amount": "金额",
    "sum_insured": "保额", "ratio": "比例", "ratios": "等级比例", "grades": "等级", "threshold": "起付线",
    "deductible": "免赔额", "times": "给付比例", "less_own_share": "个人自付", "less_paid_by": "扣除",
    "no_threshold": "不设起付线", "working_days": "工作日", "calendar_days": "自然日", "days": "天数",
    "at_least": "不小于", "above": "大于", "at_most": "不大于", "below": "小于", "clause": "依据",
    "words": "通知原文", "marks": "划线的词", "interpretation": "口径", "interpretations": "口径", "text": "内容",
    "trial": "试用参数", "name": "名称", "short_name": "简称", "hotline": "电话", "townships": "乡镇",
    "per": "范围", "by": "分档依据", "asks": "报案填写", "papers": "材料", "payees": "领款人", "limits": "限额",
    "deadlines": "时限", "route": "报案方式", "decided_by": "以哪天为准", "covered_when": "赔付条件",
    "otherwise": "不符时", "when": "适用于", "required": "必填", "label": "名称", "hint": "提示", "options": "选项",
    "proof": "证明", "reasons": "情形", "bands": "分档", "several": "多处伤残", "of": "计算基数",
    "paid_by": "已付方", "one_of": "属于", "is": "是", "unit": "单位",
}  # fmt: skip
_SILENT = frozenset(
    (
        "value",
        "values",
        "cases",
        "list",
        "labels",
        "pays",
        "amounts",
        "steps",
        "grades",
        "lump_sum",
        "scale",
        "expense",
        "loss",
    )
)
_LABELS = ("label", "title", "short_name", "name")
_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_COINED = ("facts", "papers", "payees", "limits", "deadlines", "routes", "coverages")
_ITEM_OF = ("fact", "paper", "payee", "limit", "less_paid_by")


@dataclass(frozen=True, slots=True)
class Named:
    """Where a place is (`section`), of what (`subject`, a coverage or limit for one) and what it is (`label`)."""

    section: str
    subject: str
    label: str


@dataclass(frozen=True, slots=True)
class Names:
    """Names of a document's places; `of` takes any key of its outline."""

    found: Outline
    codes: dict[str, str] = field(default_factory=dict)

    def of(self, key: str) -> Named:
        path = [key, *(parent for parent in self.found.ancestors(key) if parent)][::-1]
        section = SECTIONS.get(path[0], path[0])
        words: list[str] = []
        for word in map(self._word, path[1:]):
            if word and not (word in words[:1] or word in (words[-1] if words[1:] else "")):
                words.append(word)
        if path[0] in (*_COINED, "insurers") and words and len(path) > 1:
            return Named(section, words[0], " ".join(words[1:]))
        return Named(section, "", " ".join(words))

    def value(self, text: str) -> str:
        """A scalar as people read it: codes by their labels."""
        if text in ("true", "false"):
            return "是" if text == "true" else "否"
        return self.codes.get(text, text) if _CODE.fullmatch(text) else text

    def _word(self, key: str) -> str:
        entry = self.found[key]
        own = self._own_label(key)
        if entry.name is None:
            return own or self.value(entry.text) or self._item(key)
        name = str(entry.name.value)
        if entry.parent.endswith("grades"):
            return f"{name} 级"
        if own and not name.startswith("interpretation"):
            return own
        if name in _SILENT:
            return ""
        return _WORDS.get(name) or self.codes.get(name, name)

    def _item(self, key: str) -> str:
        """An item without a name: an age by what it is, a step by what stands in it, others by their number."""
        if f"{key}.age_of" in self.found:
            return "年龄"
        inside = self.found.under(key)
        if len(inside) == 1 and not self.found.is_value(inside[0]):
            return ""
        return f"第 {key.rpartition('[')[2].rstrip(']')} 项"

    def _own_label(self, key: str) -> str:
        if not isinstance(self.found[key].node, MappingNode):
            return ""
        for name in _LABELS:
            if label := self.found.text(f"{key}.{name}"):
                return label
        for name in _ITEM_OF:
            if code := self.found.text(f"{key}.{name}"):
                return (_WORDS.get(name, "") + " " + self.value(code)).strip()
        return ""


def names_of(found: Outline) -> Names:
    """The names of a document's places, also of one that doesn't pass the check."""
    codes: dict[str, str] = {}
    for key in found.entries:
        if key.endswith((".options", ".reasons")) or key == "papers.labels":
            for child in found.under(key):
                codes.setdefault(child.rpartition(".")[2], found.text(child))
    for section in _COINED:
        for child in [*found.under(section), *found.under(f"{section}.list")]:
            if label := found.text(f"{child}.label"):
                codes.setdefault(child.rpartition(".")[2], label)
    return Names(found, codes)
