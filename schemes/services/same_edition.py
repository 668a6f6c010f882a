"""What an amendment may not change, because rosters, bills and claims already made rest on it."""

from collections.abc import Callable, Iterator

from schemes.models import Edition
from schemes.terms.model import EditionTerms
from schemes.terms.outline import Outline, outline
from schemes.terms.problems import Problem

ALIKE, BACK = "与原方案一致", "请改回，要改的请另立年度方案"

_SAME: tuple[tuple[str, str, Callable[[EditionTerms], object]], ...] = (
    ("edition.code", "代码", lambda terms: terms.code),
    ("edition.place", "地区", lambda terms: terms.place),
    ("edition.scheme_code", "险种", lambda terms: terms.scheme_code),
    ("edition.number_prefix", "案件号前缀", lambda terms: terms.number_prefix),
    ("insured.roster", "是否凭名册", lambda terms: terms.insured.roster),
    ("period.first", "保险期间第一天", lambda terms: terms.period.range.first),
    ("premium", "保费", lambda terms: terms.premium),
    ("shares", "保费分担", lambda terms: terms.shares),
    ("pool", "共保体", lambda terms: terms.pool),
    ("insurers", "承保分片", lambda terms: [(one.name, one.everywhere, one.townships) for one in terms.insurers]),
)
_FIXED = (*(key for key, _, _ in _SAME), "not_taking_part")  # whoever serves no township is told by the same list


def is_fixed(key: str) -> bool:
    """Whether a value of the document stands in what an amendment keeps."""
    return any(key == one or key.startswith((f"{one}.", f"{one}[")) for one in _FIXED)


def broken_ties(edition: Edition, terms: EditionTerms, document: str, name: str) -> tuple[Problem, ...]:
    """Every place where an amendment's document is no longer that of its edition, in the order of the check."""
    found = outline(document)
    last = terms.period.range.last
    broken = [
        (key, f"修订改了{label}", ALIKE, BACK)
        for key, label, value_of in _SAME
        if value_of(edition.terms) != value_of(terms)
    ]
    for before in edition.versions():
        broken += [*_moved_dates(before, terms), *_freed_limits(before, terms)]
    if last < edition.last_day:
        early = f"最后一天 {last} 早于现在的 {edition.last_day}"
        broken.append(("period.last", early, "不早于现在的最后一天", "修订只能延长保险期间，请改回"))
    return tuple(Problem(name, _line(found, key), key, *words) for key, *words in dict.fromkeys(broken))


def _line(found: Outline, key: str) -> int:
    return found[key].line if key in found else 1


def _moved_dates(before: EditionTerms, terms: EditionTerms) -> Iterator[tuple[str, str, str, str]]:
    """The date that decides which terms hold can't change with them."""
    for code, coverage in terms.coverages.items():
        was = before.coverages.get(code)
        if was and was.decided_by != coverage.decided_by:
            changed = f"修订改了「{coverage.label}」按哪个日期定"
            yield f"coverages.{code}.decided_by", changed, f"是 {was.decided_by}", "请改回"


def _freed_limits(before: EditionTerms, terms: EditionTerms) -> Iterator[tuple[str, str, str, str]]:
    """What has used up a limit goes on doing so."""
    for code in sorted(before.limits.keys() & terms.limits.keys()):
        gone = sorted(before.sharing(code).keys() - terms.sharing(code).keys())
        if gone:
            labels = "、".join(before.coverages[one].label for one in gone)
            freed = f"修订后「{labels}」不再占用限额「{terms.limits[code].label}」，以前赔的却还占着"
            yield f"limits.{code}", freed, "仍由它们占用", "请给其余责任另立一个限额，换一个代码"
