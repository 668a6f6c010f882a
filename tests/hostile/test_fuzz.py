"""Whatever is changed in a file: it is refused in a sentence, or read row by row. Never an error, never a hang."""

import io
import time
import warnings

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enrollment.roster.checking import CheckReport, check_rows
from enrollment.roster.error_book import write_error_book
from enrollment.roster.precheck import look_over
from enrollment.roster.reading import read_rows
from enrollment.roster.refusal import RosterRefused
from office import jobs
from office.models import Job
from tests.cast import Cast
from tests.hostile.fuzzing import fuzzed
from tests.roster.books import TODAY
from tests.roster.county import wanzhou

MOST_SECONDS = 20
FEW, MANY = 300, 20_000


def outcome(seed: int, *, through: bool) -> str:
    """refused, or read; anything else is raised. `through`: also what survives the look goes to the child."""
    data, name = fuzzed(seed)
    looked = look_over(data, name=name)
    if looked.refusal is not None:
        assert looked.refusal.message
        return "refused"
    return _read(data, looked) if through else "looked over"


def _read(data: bytes, looked) -> str:
    report, out = CheckReport(), io.BytesIO()
    try:
        rows = list(
            check_rows(
                read_rows(data, looked, wall_seconds=MOST_SECONDS),
                facts=looked,
                regions=wanzhou(),
                today=TODAY,
                report=report,
            )
        )
        wrong = {(row.sheet, row.row_no): row.problems for row in rows if row.problems}
        write_error_book(data, looked, headers=report.headers, wrong=wrong, out=out)
    except RosterRefused as refused:
        return "refused" if refused.refusal.message else "refused without a word"
    return "read"


def fuzz(seeds: range, *, every: int) -> dict[str, int]:
    """How many came out how; every so many of those that pass the look are read by a child as well."""
    told: dict[str, int] = {}
    for seed in seeds:
        started = time.monotonic()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that are twice in a zip
            found = outcome(seed, through=seed % every == 0)
        assert time.monotonic() - started < MOST_SECONDS, f"seed {seed}"
        told[found] = told.get(found, 0) + 1
    return told


def test_a_few_hundred_changed_files_are_refused_or_read() -> None:
    told = fuzz(range(FEW), every=6)
    assert told["refused"] > FEW // 4
    assert told["read"] > 5


@pytest.mark.long
def test_many_changed_files_are_refused_or_read() -> None:
    told = fuzz(range(FEW, MANY), every=8)
    assert told["refused"] > MANY // 4
    assert told["read"] > 300


def test_changed_files_never_bring_the_page_or_the_job_down(cast: Cast, login) -> None:
    """A page of the portal's own and a job that ends, whatever was sent."""
    client = login(cast.clerk)
    for seed in range(10**6, 10**6 + 12):
        data, name = fuzzed(seed)
        answer = client.post(
            reverse("roster_upload"),
            {"file": SimpleUploadedFile(name, data), "township": cast.clerk.organization.region_id, "again": "on"},
        )
        assert answer.status_code in {302, 422}
        for job_id in jobs.waiting_job_ids():
            jobs.run(job_id)
        job = Job.objects.first()
        assert job.state in {"done", "refused"}, (seed, job.message)
