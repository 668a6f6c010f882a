"""Every kind through the pure pipeline: refused in words that name the reason, or an error at its cell."""

import pytest

from enrollment.roster.precheck import look_over
from enrollment.roster.refusal import RosterRefused
from tests.hostile.kinds import Hostile
from tests.hostile.making import KINDS
from tests.roster.books import checked, kinds

SHORT = 10
LIMITS = {
    "package.MAX_MEMBER_BYTES": 40 * 2**20,
    "package.MAX_TOTAL_BYTES": 80 * 2**20,
    "package.MAX_SHARED_TEXTS": 600_000,
    "sheet_scan.MAX_ROW_BYTES": 2**20,
    "sheet_scan.MAX_CELLS": 800_000,
}


@pytest.fixture(autouse=True)
def _limits_to_match(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the limits, for files of a tenth of the size."""
    for name, limit in LIMITS.items():
        monkeypatch.setattr(f"enrollment.roster.{name}", limit)


def test_there_are_at_least_seventy_kinds_under_names_of_their_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 70


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_hostile_file_is_refused_or_told_cell_by_cell(kind: Hostile) -> None:
    data = kind.make(SHORT)
    if kind.words:
        assert kind.words in refusal_of(data, kind.file)
        return
    rows = checked(data, name=kind.file)
    found = {(row.row_no, *problem) for row in rows for problem in kinds(row)}
    assert found >= set(kind.wrong)
    assert {(row_no) for row_no, _, _ in found} == {row_no for row_no, _, _ in kind.wrong}
    assert rows[0].state == "valid", "the honest row beside it is none the worse"


def refusal_of(data: bytes, name: str) -> str:
    looked = look_over(data, name=name)
    if looked.refusal is not None:
        return looked.refusal.message
    with pytest.raises(RosterRefused) as caught:
        checked(data, name=name)
    return str(caught.value)
