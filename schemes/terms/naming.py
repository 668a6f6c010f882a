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
    "payers": "出资方",
    "pool": "共保体",
    "risk_sharing": "风险分担",
    "participation": "参保任务",
    "insurers": "承保机构",
    "not_taking_part": "不参加的乡镇",
    "facts": "报案事项",
    "state": "年度数据",
    "stages": "阶段",
    "roster_steps": "名册步骤",
    "departments": "认定部门",
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
    "age_of": "年龄", "applies": "适用", "at_most_days": "最多天数", "average": "比例分摊", "balance": "余额",
    "beyond": "超过", "carry_over": "结转", "categories": "人员类别", "category": "人员类别",
    "certified_by": "认定部门", "claim": "每案", "day": "日期", "divided_by": "除以", "event": "每次事故",
    "figures": "人数来源", "figures_of": "人数年份", "follow_on": "追加给付", "franchise": "绝对起赔点",
    "group": "分组", "handling": "处理方式", "house": "每处房屋", "household": "每户", "items": "项目",
    "ladder": "分段累进", "layers": "分层", "less": "减去", "members": "成员", "months": "个月",
    "multiple_of": "倍数基数", "no": "否", "yes": "是", "not_before": "不早于", "on": "截至", "once_per": "每",
    "parties": "分担方", "paid": "支付", "period": "每年度", "person": "每人", "places": "乡镇",
    "population": "人口", "population_label": "人口口径", "pro_rata": "按期折算", "reached": "须达到",
    "regions": "地区", "same_event": "同一次事故", "settles": "结清", "share": "份额", "stay": "每次住院",
    "target": "任务数", "tax_rate": "税率", "tiers": "分档", "times_fact": "乘以", "township": "乡镇",
    "type": "类型", "unless": "除非", "uses": "用途", "vote_above": "表决线", "waiting_days": "等待天数",
    "way": "方式", "weight": "权重", "where": "条件", "within": "期限", "working_fund": "工作经费", "worth": "价值",
    "years": "年", "fact": "事项", "paper": "材料", "payee": "领款人", "after": "起点", "lead": "首席承保人",
    "accumulates": "累计", "edition": "每年度", "step": "步骤", "due": "期限", "department": "办理单位",
    "publicity": "公示", "review": "乡镇审核", "police": "公安确认户籍", "collate": "主管部门汇总",
    "underwrite": "承保确认",
    "excludes": "不参保的名单", "public_staff": "机关事业单位人员", "left_system": "已调出全国系统人员",
}  # fmt: skip
_SILENT = frozenset(
    (
        *("value", "values", "cases", "list", "labels", "pays", "amounts", "steps", "grades", "parts"),
        *("lump_sum", "scale", "expense", "loss", "daily", "per_unit", "pool_share"),
    )
)
_TABLES = ("values", "cases", "amounts", "parts", "options", "labels")
_LABELS = ("label", "title", "short_name", "name")
_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_COINED = ("facts", "papers", "payees", "limits", "deadlines", "routes", "coverages")
_ITEM_OF = ("township", "fact", "paper", "payee", "limit", "less_paid_by")


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
        return (self.codes.get(text) or _WORDS.get(text, text)) if _CODE.fullmatch(text) else text

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
        if entry.parent.rpartition(".")[2] in _TABLES:  # what is asked for by its options, not by our own words
            return self.codes.get(name) or _WORDS.get(name, name)
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
        if key.endswith((".options", ".reasons", ".labels", ".categories")) or key == "payers":
            for child in found.under(key):
                codes.setdefault(child.rpartition(".")[2], found.text(child))
    for section in _COINED:
        for child in [*found.under(section), *found.under(f"{section}.list")]:
            if label := found.text(f"{child}.label"):
                codes.setdefault(child.rpartition(".")[2], label)
    return Names(found, codes)
