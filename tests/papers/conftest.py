"""A village with households, and PDFs read back as text."""

import re
import shutil
import subprocess
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from enrollment.models import Enrollment
from tests.cast import OWN, enrol, villages

Read = Callable[[bytes], str]


@pytest.fixture(scope="session")
def read_pdf() -> Read:
    """The text of a PDF, a form feed after each page."""
    if not shutil.which("pdftotext"):
        pytest.skip("没有 pdftotext，装上 poppler-utils 后才能核对 PDF 里的文字")

    def read(pdf: bytes) -> str:
        done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
        return done.stdout.decode()

    return read


@pytest.fixture(scope="session")
def words_of(read_pdf: Read) -> Read:
    """The text without any blank, since a wrapped cell comes back in pieces."""
    return lambda pdf: re.sub(r"[\s\u200b]", "", read_pdf(pdf))


@pytest.fixture
def household(db: None) -> list[Enrollment]:
    """Three people of one household in the first village, and one alone in the second."""
    first, second = villages(OWN)[:2]
    return [
        enrol(OWN, 1, name="谭某华", household="H001", group="10组", village=first),
        enrol(OWN, 2, name="谭某珍", household="H001", group="10组", village=first),
        enrol(OWN, 3, name="何某", household="H002", group="9组", village=first),
        enrol(OWN, 4, name="买买提·吐尔江", household="", group="", village=second),
    ]


def pdf_of(response: HttpResponse, client) -> bytes:
    """What a print at once answers: a way to the file, and the file."""
    assert response.status_code == 302, response.content.decode()[:500]
    answer = client.get(response["Location"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), response["Location"]
    return answer.content
