"""The administrator's lists come in as workbooks too: the same check stands before their parser."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from orgs.models import Organization
from tests.cast import Cast
from tests.hostile.making import KINDS
from tests.roster.books import raw_book, text_row

TRIED = (
    "zip: 65,000 members", "zip: bytes behind it", "xml: billion laughs", "xml: a file as entity",
    "xml: a hundred thousand deep in the workbook", "sheet: a value in XFD1048576", "type: .xlsm renamed",
    "type: another workbook's cells (DDE)", "type: any zip", "cell: a formula with a value that it never had",
)  # fmt: skip
HOSTILE = [kind for kind in KINDS if kind.name in TRIED]


@pytest.fixture
def send(cast: Cast, login):
    client = login(cast.administrator)
    url = reverse("list_import", args=["organizations"])
    return lambda content: client.post(url, {"file": SimpleUploadedFile("机构.xlsx", content)})


@pytest.mark.parametrize("kind", HOSTILE, ids=lambda kind: kind.name)
def test_a_hostile_list_is_refused_before_it_is_parsed(cast: Cast, send, monkeypatch, kind) -> None:
    monkeypatch.setattr(
        "import_export.formats.base_formats.XLSX.create_dataset", lambda *_, **__: pytest.fail("parsed")
    )
    before = Organization.objects.count()
    answer = send(kind.make(10))
    assert (answer.status_code, (kind.words or "公式") in answer.content.decode()) == (422, True)
    assert Organization.objects.count() == before


def test_all_the_kinds_tried_exist() -> None:
    assert len(HOSTILE) == len(TRIED)


def test_more_rows_than_a_list_has_are_refused(send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orgs.views.lists.MOST_ROWS", 3)
    rows = "".join(text_row(n, "某") for n in range(1, 6))
    assert "一次最多导入 3 行" in send(raw_book(f"<sheetData>{rows}</sheetData>")).content.decode()


def test_an_honest_list_still_comes_in(cast: Cast, login) -> None:
    client = login(cast.administrator)
    url = reverse("list_export", args=["organizations"])
    book = load_workbook(io.BytesIO(client.get(url).content))
    out = io.BytesIO()
    book.save(out)
    answer = client.post(
        reverse("list_import", args=["organizations"]), {"file": SimpleUploadedFile("a.xlsx", out.getvalue())}
    )
    assert answer.status_code == 200
