"""make_roster, import_roster and split_premium on a small roster."""

import csv

import pytest
from openpyxl import load_workbook

from enrollment.models import Enrollment, RosterBatch, RosterFile, RosterRow
from office.models import Job, StoredFile
from orgs.models import AuditEvent, User
from orgs.scope import system_scope

ROWS, DEFECTS = 200, 40
EDITION = ("--edition", "wanzhou-2021")
ALL = ("--commit", "--only-valid")


@pytest.fixture
def book(wanzhou, run, tmp_path):
    path = tmp_path / "名册.csv"
    said = run("make_roster", path, "--rows", ROWS, "--defects", "0.2", "--seed", 7)
    assert said.document == {"rows": ROWS + DEFECTS, "good": ROWS, "defects": DEFECTS}
    return path


def kept():
    with system_scope("tests"):
        tables = (Enrollment, RosterRow, RosterBatch, RosterFile, Job, StoredFile)
        return [table.objects.count() for table in tables]


def files_on_disk(settings):
    return [path for path in settings.FILES_DIR.rglob("*") if path.is_file()] if settings.FILES_DIR.exists() else []


def test_a_dry_run_counts_and_leaves_nothing(book, run, settings, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        said = run("import_roster", book, *EDITION)
    report = said.document
    expected = {
        "rows": ROWS + DEFECTS,
        "valid": ROWS,
        "rejected": DEFECTS,
        "new": ROWS,
        "changed": 0,
        "unchanged": 0,
        "removed": 0,
    }
    assert {key: report[key] for key in expected} == expected
    assert {
        "errors_by_kind",
        "error_file",
        "seconds",
        "peak_mb",
        "stage_seconds",
        "duplicates",
    } <= report.keys()
    assert (kept(), files_on_disk(settings)) == ([0] * 6, [])
    with system_scope("test"):
        acts = list(AuditEvent.objects.filter(action__startswith="roster").values_list("action", flat=True))
    assert acts == ["roster.discard", "roster.upload"]


def test_every_planted_row_stands_in_the_error_workbook(book, run):
    report = run("import_roster", book, *EDITION).document
    with book.with_name(f"{book.name}.truth.csv").open(encoding="utf-8-sig", newline="") as lines:
        planted = list(csv.DictReader(lines))
    sheet = load_workbook(report["error_file"]).active
    told = {row[0]: row[1] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert (sheet["A1"].value, sheet["B1"].value) == ("原行号", "错误原因")
    assert sorted(told) == sorted(row["row"] for row in planted)
    assert all(told.values())


def test_commit_refuses_a_file_with_wrong_rows(book, run):
    said = run("import_roster", book, *EDITION, "--commit")
    assert (said.code, said.errors) == (1, [str(book)])
    assert said.document["rejected"] == DEFECTS
    assert kept()[0] == 0


def test_only_valid_writes_the_good_rows_once(book, run):
    first, second = (run("import_roster", book, *EDITION, *ALL).document for _ in range(2))
    assert [first["new"], first["unchanged"]] == [ROWS, 0]
    assert [second["new"], second["unchanged"]] == [0, ROWS]
    assert "confirm" in first["stage_seconds"]
    assert kept()[0] == ROWS
    assert not Job.objects.exclude(state="done").exists()


def test_several_files_are_one_batch_all_written_or_none(
    book, run, tmp_path, settings, django_capture_on_commit_callbacks
):
    good = tmp_path / "good.csv"
    run("make_roster", good, "--rows", 30, "--defects", 0, "--seed", 8)
    with django_capture_on_commit_callbacks(execute=True):
        said = run("import_roster", good, book, *EDITION, "--commit")
    assert (said.code, kept(), files_on_disk(settings)) == (1, [0] * 6, [])
    other = tmp_path / "other.csv"
    run("make_roster", other, "--rows", 20, "--defects", 0, "--seed", 9)
    said = run("import_roster", good, other, *EDITION, "--commit")
    assert (said.code, said.document["rows"], said.document["new"]) == (0, 50, 50)
    assert kept()[2:4] == [1, 2]


def test_who_stands_in_two_files_is_found(book, run, tmp_path):
    good = tmp_path / "good.csv"
    run("make_roster", good, "--rows", 30, "--defects", 0, "--seed", 8)
    again = tmp_path / "again.csv"
    again.write_bytes(good.read_bytes() + b"\r\n")
    report = run("import_roster", good, book, again, *EDITION).document
    assert (report["rows"], report["valid"], report["duplicates"] >= 30) == (ROWS + DEFECTS + 60, ROWS + 30, True)
    assert report["error_files"] == [str(path.with_name(f"{path.stem}-错误原因.xlsx")) for path in (book, again)]
    told = [row[1] for row in load_workbook(report["error_files"][1]).active.iter_rows(min_row=2, values_only=True)]
    assert len(told) == 30
    assert all("与「good.csv」「CSV」第" in reason for reason in told)


def test_a_person_of_another_township_is_counted_by_kind(book, run, tmp_path):
    run("import_roster", book, *EDITION, *ALL)
    with system_scope("tests"):
        person = Enrollment.objects.order_by("id").first()
        other = Enrollment.objects.exclude(township=person.township).values_list("township_id", "village_id")[0]
        Enrollment.objects.filter(pk=person.pk).update(township_id=other[0], village_id=other[1])
    report = run("import_roster", book, *EDITION).document
    assert report["errors_by_kind"]["enrolled_elsewhere"] == 1
    assert report["rejected"] == DEFECTS + 1


def test_a_township_limits_the_file(book, run):
    report = run("import_roster", book, *EDITION, "--township", "500101139000").document
    assert report["rejected"] > DEFECTS
    assert run("import_roster", book, *EDITION, "--township", "500101001000").errors == ["--township"]


def test_a_file_that_is_no_workbook_is_refused_and_forgotten(wanzhou, run, tmp_path):
    fake = tmp_path / "fake.xlsx"
    fake.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not a workbook")
    said = run("import_roster", fake, *EDITION)
    assert (said.code, said.errors, kept()) == (1, [str(fake)], [0] * 6)
    assert run("import_roster", tmp_path / "none.xlsx", *EDITION).code == 1
    assert run("import_roster", fake, "--edition", "x-2020").errors == ["--edition"]
    assert run("import_roster", fake, *EDITION, "--by", "nobody").errors == ["--by"]


def test_nobody_can_log_in_as_the_importer(book, run):
    run("import_roster", book, *EDITION)
    account = User.objects.get(username="system.import.500101000000")
    assert not account.has_usable_password()
    assert (account.role, account.organization.active) == ("authority", False)


def test_the_same_seed_makes_the_same_roster(wanzhou, run, tmp_path):
    paths = [tmp_path / f"{n}.xlsx" for n in (1, 2)]
    for path in paths:
        run("make_roster", path, "--rows", 50, "--seed", 3)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert run("make_roster", tmp_path / "a.txt", "--rows", 1).code == 1
    assert run("make_roster", tmp_path / "a.csv", "--rows", 1, "--county", "999999").errors == ["--county"]
    assert run("make_roster", tmp_path / "no" / "a.csv", "--rows", 1).code == 1


def test_the_premium_follows_the_roster(book, run):
    run("import_roster", book, *EDITION, *ALL)
    answer = run("split_premium", "wanzhou-2021").document
    assert answer["total"] == "26000.00"
    assert (len(answer["rows"]), sum(row["persons"] for row in answer["rows"])) == (49, ROWS)
    assert all(row["shares"] == {} and row["insurer"] for row in answer["rows"])


def test_the_premium_follows_a_census(wanzhou, run, tmp_path):
    census = tmp_path / "census.csv"
    census.write_text("region,persons,households\n大周镇,10,3\n500101139000,2,1\n", encoding="utf-8")
    answer = run("split_premium", "wanzhou-2021", "--census", census).document
    assert answer["total"] == "1560.00"
    assert [(row["name"], row["premium"]) for row in answer["rows"]] == [
        ("甘宁镇", "260.00"),
        ("大周镇", "1300.00"),
    ]
    census.write_text("region,persons,households\n乌有镇,10,3\n大周镇,-1,x\n", encoding="utf-8")
    said = run("split_premium", "wanzhou-2021", "--census", census)
    assert (said.code, said.errors) == (1, [f"{census}:2", f"{census}:3", f"{census}:3"])


def test_payouts_are_benched_against_their_own_arithmetic(monkeypatch, run):
    monkeypatch.setattr("config.bench.payout.QUOTES", 200)
    [measured] = run("bench", "payout").document
    assert {"name", "seconds", "baseline_seconds", "ratio", "peak_mb"} <= measured.keys()
    assert measured["ratio"] > 1


def test_pages_are_benched_on_the_roster_at_hand(book, run):
    assert run("bench", "pages").code == 1
    run("import_roster", book, *EDITION, *ALL)
    names = [measured["name"] for measured in run("bench", "pages").document]
    assert names == ["pages.township", "pages.id_lookup", "pages.given_name", "pages.dashboard"]
