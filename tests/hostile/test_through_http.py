"""Hostile files through the upload page and a real worker: refused, told, and the next honest file comes in."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from enrollment.models import Enrollment, RosterBatch, RosterRow
from office.models import Job
from tests.cast import OWN, id_number, read_cast, roster_book, villages
from tests.ground import everything
from tests.hostile.kinds import Hostile
from tests.hostile.making import KINDS
from tests.hostile.watching import children, files_below, watched
from tests.kill.crew import LOOP, Crew, crew

pytestmark = pytest.mark.django_db(transaction=True)
MOST_MB, MOST_SECONDS, PATIENCE = 512, 10, 60
DOZEN = (
    "zip: members that overlap", "zip: bytes behind it", "zip: path upwards", "xml: billion laughs",
    "xml: a shared text that is not there", "sheet: a value in XFD1048576", "sheet: a title twice", "type: .xlsm renamed",
    "type: a workbook with a password", "csv: a quote without end", "cell: an ID number typed as a number",
    "xml: a formula behind a comment",
)  # fmt: skip


@dataclass
class Desk:
    """A clerk at the upload page, and the worker behind it."""

    client: Client
    hands: Crew
    temporary: Path

    def send(self, content: bytes, name: str) -> int:
        """The batch that the page makes of a file."""
        answer = self.client.post(
            reverse("roster_upload"),
            {
                "file": SimpleUploadedFile(name, content),
                "township": read_cast().clerk.organization.region_id,
                "again": "on",
            },
        )
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return int(answer.url.rstrip("/").rpartition("/")[2])

    def await_end(self, batch: int) -> Job:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with everything():
                job = Job.objects.get(target_id=batch)
            if not job.is_open:
                return job
            time.sleep(0.02)
        raise AssertionError((job.state, job.stage))

    def page(self, batch: int) -> str:
        answer = self.client.get(reverse("roster_batch", args=[batch]))
        assert answer.status_code == 200
        return answer.content.decode()


@pytest.fixture
def desk(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    client.force_login(read_cast().clerk, backend="orgs.backends.AccountBackend")
    before = files_below(Path(settings.DATA_DIR))
    with crew(LOOP, folder=tmp_path, lease=60) as hands:
        yield Desk(client, hands, tmp_path)
        assert hands.process is not None
        assert (hands.process.poll(), hands.deaths) == (None, []), "the worker outlives all of it"
        assert children(hands.process.pid) == []
        assert files_below(tmp_path) == set(), "nothing is left in temporary folders"
        assert files_below(Path(settings.DATA_DIR)) - before == files_below(settings.FILES_DIR) - before


def honest(n: int) -> bytes:
    return roster_book(("郑某甲", id_number(n), OWN, villages(OWN)[0].name))


def demand_outcome(desk: Desk, kind: Hostile, batch: int, job: Job) -> None:
    with everything():
        state = RosterBatch.objects.get(pk=batch).state
        wrong = list(
            RosterRow.objects.filter(batch=batch, outcome__in=("invalid", "duplicate")).values_list(
                "number", "problems"
            )
        )
        staged = RosterRow.objects.filter(batch=batch).count()
        assert Enrollment.objects.count() == 0
    page = desk.page(batch)
    if kind.words:
        assert (job.state, state, staged) == ("refused", "refused", 0)
        assert kind.words in job.message
        assert kind.words in page
        return
    assert (job.state, state) == ("done", "checked")
    found = {(number, problem["column"], problem["kind"]) for number, problems in wrong for problem in problems}
    assert found >= set(kind.wrong)
    assert f"{kind.wrong[0][0]}" in page


def demand_honest(desk: Desk, batch: int) -> None:
    job = desk.await_end(batch)
    assert (job.state, job.result.get("new")) == ("done", 1), job.message


def test_a_dozen_kinds_and_an_honest_file_after_each(desk: Desk) -> None:
    chosen = [kind for kind in KINDS if kind.name in DOZEN]
    assert len(chosen) == len(DOZEN)
    sent = [
        (kind, desk.send(kind.make(10), kind.file), desk.send(honest(n), f"好{n}.xlsx"))
        for n, kind in enumerate(chosen)
    ]
    for kind, batch, next_batch in sent:
        demand_outcome(desk, kind, batch, desk.await_end(batch))
        demand_honest(desk, next_batch)


@pytest.mark.long
def test_every_kind_at_its_full_size_in_bounded_time_and_memory(desk: Desk) -> None:
    demand_honest(desk, desk.send(honest(999), "先.xlsx"))  # the worker has loaded all that it needs
    told = []  # (kind, seconds, MB)
    for n, kind in enumerate(KINDS):
        content = kind.make(1)
        with watched(desk.hands.process.pid) as peak:
            batch = desk.send(content, kind.file)
            started = time.monotonic()
            job = desk.await_end(batch)
            seconds = time.monotonic() - started
        demand_outcome(desk, kind, batch, job)
        demand_honest(desk, desk.send(honest(n), f"好{n}.xlsx"))
        told.append((kind.name, round(seconds, 1), round(peak.grown)))
    assert [one for one in told if one[2] > MOST_MB or one[1] > MOST_SECONDS] == []
