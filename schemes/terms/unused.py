"""What is declared and used nowhere has no effect: most often a slip in a name."""

from collections.abc import Collection

from schemes.terms.model import Coverage
from schemes.terms.nodes import Section


def note_unused(section: Section, coverages: Collection[Coverage]) -> None:
    if not coverages:
        return
    used = {
        "facts": {entry.code for coverage in coverages for entry in coverage.asks},
        "limits": {code for coverage in coverages for code in coverage.limits},
        "deadlines": {deadline.code for coverage in coverages for deadline in coverage.deadlines},
        "routes": {coverage.route for coverage in coverages},
    }
    for name, codes in used.items():
        for code, place in section.entries(name):
            if code not in codes:
                place.problem(f"声明了「{code}」却没有一个保障责任用到", "被用到", "请核对名称，或删去")
