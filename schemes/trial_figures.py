"""Figures of a document that were made up so that it can be tried (试用参数): where they stand.

Read from the document itself, so that whatever the language of terms grows to hold is found as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

# A made-up deadline delays nobody's money: it is marked and warned about. Any other figure decides what is paid.
ONLY_WARN = ("deadlines",)
# What to call a figure that has no label of its own, by the part of the document where it stands.
PARTS = {"premium": "保费", "insured": "参保人数", "period": "保险期间", "limits": "限额", "coverages": "保障责任"}
NOT_TERMS = ("examples", "clauses", "facts")


@dataclass(frozen=True, slots=True)
class TrialFigure:
    """`where` is the key path in the document, `line` its line; `clause` and `label` may be empty."""

    where: str
    label: str
    clause: str
    value: str
    line: int

    @property
    def sentence(self) -> str:
        clause = f"（依据 {self.clause}）" if self.clause else ""
        value = f"{self.value} " if self.value else ""
        return (
            f"第{self.line}行 {self.where}「{self.label}」{value}{clause}是试用参数，"
            "应是通知、条款或协议上的数；请换成真数并删去 trial: true"
        )


def blocking_trials(document: str) -> tuple[TrialFigure, ...]:
    """Those with which an edition can't be published outside trial mode: premium, benefits, limits, shares, period."""
    return tuple(figure for figure in trial_figures(document) if not _only_warns(figure))


def warning_trials(document: str) -> tuple[TrialFigure, ...]:
    """Those that are only marked."""
    return tuple(figure for figure in trial_figures(document) if _only_warns(figure))


def _only_warns(figure: TrialFigure) -> bool:
    return figure.where.split(".")[0] in ONLY_WARN


@lru_cache(maxsize=64)
def trial_figures(document: str) -> tuple[TrialFigure, ...]:
    """Every figure marked `trial: true`, in the order of the document."""
    if "trial" not in document:  # most documents: spares reading them once more
        return ()
    root = yaml.compose(document, yaml.SafeLoader)
    return tuple(_found(root, "", "")) if root else ()


def _found(node: Node, where: str, label: str) -> Iterator[TrialFigure]:
    if isinstance(node, SequenceNode):
        for position, item in enumerate(node.value, start=1):
            yield from _found(item, f"{where}[{position}]", label)
    if not isinstance(node, MappingNode):
        return
    entries = {str(key.value): value for key, value in node.value}
    label = _text(entries, "label") or label
    if _text(entries, "trial").lower() in {"true", "yes", "on"}:
        yield _figure(node, entries, where, label)
    for name, value in entries.items():
        if where or name not in NOT_TERMS:
            yield from _found(value, f"{where}.{name}" if where else name, label)


def _figure(node: Node, entries: dict[str, Node], where: str, label: str) -> TrialFigure:
    reading = entries.get("interpretation")
    title = _text({str(k.value): v for k, v in reading.value}, "title") if isinstance(reading, MappingNode) else ""
    return TrialFigure(
        where=where,
        label=title or label or PARTS.get(where.split(".", maxsplit=1)[0], where),
        clause=_text(entries, "clause"),
        value=_text(entries, "value"),
        line=node.start_mark.line + 1,
    )


def _text(entries: dict[str, Node], name: str) -> str:
    node = entries.get(name)
    return str(node.value) if isinstance(node, ScalarNode) else ""
