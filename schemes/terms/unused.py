"""What is declared and used nowhere has no effect: most often a slip in a name."""

from collections.abc import Collection, Mapping

from schemes.terms.model import Coverage, Limit
from schemes.terms.nodes import Section
from schemes.terms.using import codes_used


def note_unused(section: Section, coverages: Collection[Coverage], limits: Mapping[str, Limit]) -> None:
    if not coverages:
        return
    decisive = {code for coverage in coverages for code in codes_used(coverage, limits)}
    asked = {entry.code for coverage in coverages for entry in coverage.asks}
    used = {
        "facts": decisive | asked,
        "state": decisive,
        "limits": {code for coverage in coverages for code in coverage.all_limits},
        "deadlines": {deadline.code for coverage in coverages for deadline in coverage.deadlines},
        "routes": {coverage.route for coverage in coverages},
    }
    for name, codes in used.items():
        for code, place in section.entries(name):
            if code not in codes:
                place.problem(f"声明了「{code}」却没有一个保障责任用到", "被用到", "请核对名称，或删去")
