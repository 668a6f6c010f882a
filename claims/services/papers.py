"""Papers of a claim: photos are checked and encoded anew, PDFs kept as they are; everything is stored encrypted."""

import io

from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageOps

from claims.models import Claim, Paper
from claims.workflow import STATE
from office.files import store_file
from office.models import StoredFile
from orgs.audit import record
from orgs.models import User
from orgs.scope import visible

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_PAPERS = 40
BEFORE_ACCEPTANCE = ("reported", "returned")
FORMATS = ("JPEG", "PNG", "WEBP")


class PaperRefused(Exception):
    """The file can't be taken as a paper; the message says why and what to do."""


@transaction.atomic
def attach_paper(*, claim: Claim, kind: str, name: str, content: bytes, by: User) -> Paper:
    """Keep one paper of a claim. PaperRefused for what is no photo or PDF, too large or one too many."""
    if kind not in claim.terms.papers:
        raise PaperRefused("没有这一类材料，请刷新页面后从列表里选")
    claim = _open_claim(claim, by)
    if visible(Paper, by).filter(claim=claim, removed_at__isnull=True).count() >= MOST_PAPERS:
        raise PaperRefused(f"一个案件最多 {MOST_PAPERS} 份材料，请先删去重复的")
    clean, content_type, ending = _clean(name, content)
    file = store_file(
        clean,
        name=f"{claim.number}-{claim.terms.papers[kind].label}{ending}",
        content_type=content_type,
        purpose=StoredFile.Purpose.PAPER,
        by=by,
        region_path=claim.region_path,
        insurer_id=claim.insurer_id,
    )
    paper = Paper.objects.create(
        claim=claim,
        kind=kind,
        file=file,
        added_by=by,
        region_path=claim.region_path,
        insurer_id=claim.insurer_id,
    )
    record("paper.add", by=by, target=claim, kind=kind, size=len(clean), sha256=file.sha256)
    return paper


def _open_claim(claim: Claim, by: User) -> Claim:
    """The claim, locked, so that no paper comes or goes while somebody takes a step; PaperRefused once it has ended."""
    locked = visible(Claim, by).select_for_update(of=("self",)).select_related("edition").get(pk=claim.pk)
    if not STATE[locked.state].open:
        raise PaperRefused("案件已经办结，不能再加减材料")
    return locked


def _clean(name: str, content: bytes) -> tuple[bytes, str, str]:
    """Content, type and file ending as they are kept."""
    if not content:
        raise PaperRefused(f"“{name}”是空文件，请重新拍照或选择文件")
    if len(content) > MOST_BYTES:
        raise PaperRefused(f"“{name}”超过 10 MB，请用手机重新拍照，或在电脑上缩小后再传")
    if content.startswith(b"%PDF-"):
        return content, "application/pdf", ".pdf"
    return _photo(name, content), "image/jpeg", ".jpg"


def _photo(name: str, content: bytes) -> bytes:
    """The photo encoded anew: no EXIF place, no second frame, nothing hidden behind the picture."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PaperRefused(f"“{name}”有 {image.width}×{image.height} 点，太大，请降低分辨率后再传")
            upright = ImageOps.exif_transpose(image).convert("RGB")
            out = io.BytesIO()
            upright.save(out, "JPEG", quality=85)
            return out.getvalue()
    except PaperRefused:
        raise
    except Exception as error:  # Pillow raises what its readers raise, struct.error and TypeError among them
        raise PaperRefused(f"“{name}”不是照片或 PDF，只收 JPG、PNG、WebP 照片和 PDF 文件") from error


@transaction.atomic
def remove_paper(*, paper: Paper, by: User) -> None:
    """Take a paper off a claim that nobody has accepted yet; the file stays on record."""
    claim = _open_claim(paper.claim, by)
    if claim.state not in BEFORE_ACCEPTANCE:
        raise PaperRefused("已受理的案件不能再删材料；确实有误的，请承保机构退回补正")
    paper.removed_at = timezone.now()
    paper.save(update_fields=["removed_at"])
    record("paper.remove", by=by, target=paper.claim, kind=paper.kind, sha256=paper.file.sha256)
