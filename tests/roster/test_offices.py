"""Whole files that were made elsewhere: everybody in them is read, or the file says what to mend."""

from collections import Counter
from collections.abc import Callable

import pytest

from enrollment.roster.checking import CheckReport
from enrollment.roster.refusal import RosterRefused
from tests.roster.books import checked
from tests.roster.county import township, wanzhou
from tests.roster.offices import HEADS, OFFICES, PEOPLE, Office, policyholders, school, village_households


@pytest.mark.parametrize("office", OFFICES, ids=[office.name for office in OFFICES])
def test_a_file_made_elsewhere_is_read_whole_or_told(office: Office) -> None:
    report = CheckReport()
    fixed = township(wanzhou(), "大周镇")
    if office.words:
        with pytest.raises(RosterRefused, match=office.words):
            checked(office.make(), fixed=fixed, report=report, name=office.file)
        return
    rows = checked(office.make(), fixed=fixed, report=report, name=office.file)
    told = Counter(problem.kind for row in rows for problem in row.problems)
    assert (report.valid, dict(told)) == (office.valid, dict(office.told))
    assert {row.values.village_name for row in rows} == {"铺垭村"}


def test_a_villages_own_households_come_out_as_they_are_merged() -> None:
    rows = checked(village_households(), fixed=township(wanzhou(), "大周镇"))
    assert [(row.values.head_name, row.values.head_id_number) for row in rows] == HEADS
    assert {row.values.group for row in rows} == {"三组"}
    assert len({row.values.phone for row in rows}) == 4


@pytest.mark.parametrize("make", [school, policyholders, lambda: policyholders("B1:C1", "D1:F1")])
def test_nobody_elses_number_nor_telephone_is_the_insureds(make: Callable[[], bytes]) -> None:
    report = CheckReport()
    rows = checked(make(), fixed=township(wanzhou(), "大周镇"), report=report)
    assert [(row.values.name, row.values.id_number) for row in rows] == PEOPLE
    assert {(row.values.phone, row.values.relation) for row in rows} == {("", "")}
    (header,) = report.headers.values()
    assert {title[:3] for title in header.unknown} <= {"监护人", "投保人"}
