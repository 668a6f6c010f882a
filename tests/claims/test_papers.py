"""Papers: photos are encoded anew, PDFs kept as they are, everything else refused; what is kept is sealed."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from claims.models import Paper
from claims.services import papers
from claims.services.papers import PaperRefused
from office.files import read_file
from office.models import StoredFile
from orgs.crypto import CannotOpen
from orgs.scope import acting, scope_of
from tests.cast import Cast, claim_in, enrol, paper_on, photo
from tests.ground import everything

PDF = b"%PDF-1.4\n%synthetic\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def sealed(file: StoredFile) -> Path:
    return Path(settings.FILES_DIR) / file.uuid.hex[:2] / f"{file.uuid.hex}.sealed"


def test_a_photo_is_encoded_anew_without_its_exif(cast: Cast) -> None:
    content = photo(exif=True) + b"PK\x03\x04 something hidden behind the picture"
    paper = paper_on(claim_in("reported", cast), cast.clerk, content=content)
    kept = read_file(paper.file)
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (32, 24), {})
    assert b"CAMERA-OF-NOBODY" in content
    assert b"CAMERA-OF-NOBODY" not in kept
    assert b"hidden" not in kept


def test_a_pdf_is_kept_as_it_is(cast: Cast) -> None:
    paper = paper_on(claim_in("reported", cast), cast.clerk, content=PDF)
    assert (read_file(paper.file), paper.file.content_type) == (PDF, "application/pdf")


def test_what_is_kept_is_sealed_and_for_its_owner_alone(cast: Cast) -> None:
    paper = paper_on(claim_in("reported", cast), cast.clerk, content=PDF)
    path = sealed(paper.file)
    assert b"%PDF" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert not list(path.parent.glob("*.partial"))


def test_a_sealed_file_that_was_changed_or_swapped_does_not_open(cast: Cast) -> None:
    claim = claim_in("reported", cast)
    one, other = paper_on(claim, cast.clerk, content=PDF), paper_on(claim, cast.clerk)
    sealed(one.file).write_bytes(sealed(other.file).read_bytes())
    with pytest.raises(CannotOpen):
        read_file(one.file)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "是空文件"),
        (b"hello", "不是照片或 PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "不是照片或 PDF"),
        (b"GIF89a" + bytes(60), "不是照片或 PDF"),
        (b"MZ" + bytes(100), "不是照片或 PDF"),
        (photo()[:200], "不是照片或 PDF"),
        (b"%PDF-" + bytes(papers.MOST_BYTES), "超过 10 MB"),
    ],
    ids=["empty", "text", "svg", "gif", "program", "half a photo", "large"],
)
def test_what_is_no_paper_is_refused_with_a_sentence(cast: Cast, content: bytes, sentence: str) -> None:
    claim = claim_in("reported", cast)
    with pytest.raises(PaperRefused, match=sentence):
        paper_on_exactly(claim, cast, content)
    with everything():
        assert not Paper.objects.exists()


def paper_on_exactly(claim, cast: Cast, content: bytes) -> None:
    with acting(scope_of(cast.clerk)):
        papers.attach_paper(claim=claim, kind="id_and_account", name="照片.jpg", content=content, by=cast.clerk)


def test_a_picture_of_too_many_points_is_refused_before_it_is_unpacked(cast: Cast) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 5000)).save(out, "PNG")
    with pytest.raises(PaperRefused, match="9000×5000"):
        paper_on_exactly(claim_in("reported", cast), cast, out.getvalue())


def test_a_kind_that_the_edition_does_not_name_is_refused(cast: Cast) -> None:
    with pytest.raises(PaperRefused, match="没有这一类材料"):
        paper_on(claim_in("reported", cast), cast.clerk, kind="no_such_paper")


def test_there_is_a_most_of_papers(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_PAPERS", 1)
    claim = claim_in("reported", cast)
    paper_on(claim, cast.clerk)
    with pytest.raises(PaperRefused, match="最多 1 份"):
        paper_on(claim, cast.clerk)


# --- over HTTP --------------------------------------------------------------------------------------------------
def send(client: Client, claim, content: bytes = b"", *, shots: bool = False):
    files = {"kind": "id_and_account", "file": SimpleUploadedFile("照片.jpg", content or photo())}
    headers = {"X-Requested-With": "shots"} if shots else {}
    return client.post(f"/claims/{claim.number}/papers/", files, headers=headers)


def test_a_phone_sends_a_photo_and_sees_it_again(cast: Cast, login) -> None:
    claim, client = claim_in("reported", cast), login(cast.clerk)
    assert send(client, claim, shots=True).json() == {"problems": []}
    with everything():
        paper = Paper.objects.get()
    answer = client.get(f"/papers/{paper.pk}/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "no-store" in answer["Cache-Control"]
    assert answer.content == read_file(paper.file)


def test_a_refused_photo_says_why(cast: Cast, login) -> None:
    claim, client = claim_in("reported", cast), login(cast.clerk)
    answer = send(client, claim, b"hello", shots=True)
    assert answer.status_code == 422
    assert "不是照片或 PDF" in answer.json()["problems"][0]
    assert "不是照片或 PDF" in client.get(send(client, claim, b"hello")["Location"]).content.decode()


def test_a_paper_is_dropped_before_acceptance_only(cast: Cast, login) -> None:
    client = login(cast.clerk)
    person = enrol()
    for state, gone in (("reported", True), ("accepted", False)):
        claim = claim_in(state, cast, person)
        paper = paper_on(claim, cast.clerk)
        client.post(f"/papers/{paper.pk}/drop/")
        with everything():
            assert (Paper.objects.get(pk=paper.pk).removed_at is not None) is gone
        assert client.get(f"/papers/{paper.pk}/").status_code == (404 if gone else 200)


def test_a_closed_claim_takes_no_more_papers(cast: Cast, login) -> None:
    claim, client = claim_in("denied", cast), login(cast.clerk)
    assert "已经办结" in send(client, claim, shots=True).json()["problems"][0]
