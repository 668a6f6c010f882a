"""Made-up figures (试用参数) of an edition in words: which, where, on what clause, how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemes.terms.figures import TrialFigure
from schemes.terms.model import EditionTerms

# What to call a figure by the part of the document where it stands.
PARTS = {
    "premium": "保费", "shares": "保费分担", "pool": "共保", "risk_sharing": "风险共担", "participation": "参保任务",
    "insured": "参保人数", "period": "保险期间", "limits": "限额", "deadlines": "时限", "coverages": "保障责任",
    "roster_steps": "名册步骤",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MadeUp:
    """`where` is the key path in the document, `line` its line."""

    where: str
    label: str
    clause: str
    value: str
    line: int

    @property
    def sentence(self) -> str:
        clause = f"（依据 {self.clause}）" if self.clause else ""
        return (
            f"第{self.line}行 {self.where}「{self.label}」{self.value}{clause}是试用参数，"
            "应是通知、条款或协议上的数；请换成真数并删去 trial: true"
        )


def blocking_trials(terms: EditionTerms) -> tuple[MadeUp, ...]:
    """Those with which an edition can't be published outside trial mode."""
    return _in_words(terms, terms.blocking_trials())


def warning_trials(terms: EditionTerms) -> tuple[MadeUp, ...]:
    """Those that are only marked."""
    blocking = terms.blocking_trials()
    return _in_words(terms, [figure for figure in terms.trials if figure not in blocking])


def _in_words(terms: EditionTerms, figures: Iterable[TrialFigure]) -> tuple[MadeUp, ...]:
    return tuple(
        MadeUp(figure.where, _label(terms, figure.where), figure.clause, figure.text, figure.line)
        for figure in sorted(figures, key=lambda figure: figure.line)
    )


def _label(terms: EditionTerms, where: str) -> str:
    """`意外医疗每人每年最高额`, or the name of the part where the figure has none of its own."""
    part, _, rest = where.partition(".")
    code = rest.partition(".")[0]
    named = {"limits": terms.limits, "deadlines": terms.deadlines, "coverages": terms.coverages}.get(part, {})
    return named[code].label if code in named else PARTS.get(part.partition("[")[0], where)
