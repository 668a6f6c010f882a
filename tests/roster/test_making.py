"""Made rosters: good people pass, every planted defect is found, the same seed gives the same file."""

import csv
import hashlib

import pytest

from enrollment.roster.checking import CheckReport
from enrollment.roster.defects import CSV_DEFECTS, DEFECTS
from enrollment.roster.making import make_roster
from enrollment.roster.problems import KIND_LABELS
from tests.roster.books import checked
from tests.roster.county import fillable, wanzhou

NOT_OWN, IDLE = ("龙驹镇",), ("高笋塘街道",)


def make(path, **options):
    regions = wanzhou(not_own=NOT_OWN, idle=IDLE)
    chosen = {"rows": 3000, "seed": 7, "defects": 0.03} | options
    townships = fillable(regions)
    return make_roster(path, townships=townships, out_of_scope=NOT_OWN, not_taking_part=IDLE, **chosen)


def truth(path):
    with path.with_name(f"{path.name}.truth.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {int(row["row"]): row for row in csv.DictReader(lines)}


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_every_planted_defect_is_found_and_no_good_row_refused(tmp_path, suffix):
    path = tmp_path / f"名册{suffix}"
    assert make(path, defects=0.05) == {"rows": 3150, "good": 3000, "defects": 150}
    report = CheckReport()
    regions = wanzhou(not_own=NOT_OWN, idle=IDLE)
    rows = {row.row_no: row for row in checked(path.read_bytes(), regions=regions, report=report, name=path.name)}
    planted = truth(path)
    assert {number for number, row in rows.items() if row.state != "valid"} == set(planted)
    missed = [
        wrong
        for number, wrong in planted.items()
        if (wrong["column"], wrong["kind"]) not in {(one.column, one.kind) for one in rows[number].problems}
    ]
    assert missed == []
    assert (report.rows, report.valid, report.invalid + report.duplicate) == (3150, 3000, 150)


def test_all_kinds_of_problems_are_planted_save_the_one_that_needs_a_fixed_township(tmp_path):
    path = tmp_path / "a.xlsx"
    make(path, rows=200, defects=0.2)
    assert {row["kind"] for row in truth(path).values()} == set(KIND_LABELS) - {"township_mismatch"}
    assert len(DEFECTS) <= 40
    assert set(CSV_DEFECTS) < set(DEFECTS)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    digests = []
    for name, seed in (("a.xlsx", 1), ("b.xlsx", 1), ("c.xlsx", 2)):
        make(tmp_path / name, rows=300, seed=seed)
        digests.append(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert digests[0] == digests[1] != digests[2]


def test_people_are_visibly_synthetic_and_of_many_kinds(tmp_path):
    path = tmp_path / "a.xlsx"
    make(path, defects=0)
    rows = checked(path.read_bytes(), regions=wanzhou(not_own=NOT_OWN, idle=IDLE))
    values = [row.values for row in rows]
    assert all("某" in one.name for one in values)
    assert len({one.name for one in values}) > 1500
    assert len({one.id_number for one in values}) == 3000
    assert {one.id_kind for one in values} >= {
        "resident",
        "resident_15",
        "hong_kong_macao_taiwan",
        "foreigner",
    }
    assert min(one.birth_date.year for one in values) < 1940 < 2019 < max(one.birth_date.year for one in values)
    assert len({one.township_id for one in values}) == 50
    assert (
        max(len({v.id_number for v in values if v.household_no == h}) for h in {v.household_no for v in values[:50]})
        > 2
    )


def test_no_defects_and_no_townships_to_plant_two_kinds_with(tmp_path):
    path = tmp_path / "a.xlsx"
    counts = make_roster(path, rows=100, seed=1, defects=0.4, townships=fillable(wanzhou()))
    assert counts == {"rows": 140, "good": 100, "defects": 40}
    assert not {"township_out_of_scope", "township_not_taking_part"} & {one["kind"] for one in truth(path).values()}
