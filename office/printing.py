"""Every document as PDF, from one template each in `office/print/`. The only module that knows Typst.

Run as a program (`python -m office.printing table`), it is the child that prints: JSON in, PDF out.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from office.glyphs import with_marks

TEMPLATES = Path(__file__).resolve().parent / "print"
FONTS = TEMPLATES / "fonts"
WALL_SECONDS = 60.0  # 10,000 rows take 4 s
LONG = frozenset(
    {"roster", "notice", "slips", "leaflets"}
)  # tags for readers of screens would make these ten times as large
BEAT_SECONDS = 5.0
_PROJECT = TEMPLATES.parents[1]


class PrintFailed(RuntimeError):
    """A template and its data don't fit together, or printing took too long; says which document and why."""


def render_pdf(document: str, data: dict[str, Any], *, beat: Callable[[], None] = lambda: None) -> bytes:
    """The PDF (A4) of a document: `statement` (理算书), `allocation` (保费分配表), `roster` (参保名册),
    `notice` (公示名单), `slips` (保险凭证), `leaflets` (明白卡) or `table` (any list).

    `data` is text, whole numbers, lists and dictionaries; sums come as printed text. What each document
    wants stands at the top of its template. `beat` is called every few seconds while it prints. Raises KeyError where
    there is no such template, TypeError where a value can't be printed as it stands, PrintFailed where a template
    misses a key.
    """
    template_of(document)
    text = printable(data)
    # Typst keeps what it laid out in the last ten compilations, some 150 MB for each list of 3,000 rows.
    # A process that ends gives that back, and a panic in there ends nothing else.
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "office.printing", document],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=_PROJECT,
        env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    ) as child:
        pdf, told = _wait_for(child, document, text.encode(), beat)
    if child.returncode:
        reason = told.decode(errors="replace").strip()[-500:]
        raise PrintFailed(f"文书「{document}」没有印成：{reason or child.returncode}")
    return pdf


def _wait_for(
    child: subprocess.Popen[bytes], document: str, text: bytes, beat: Callable[[], None]
) -> tuple[bytes, bytes]:
    """What the child answers; it is ended when it takes too long, or when the beat raises."""
    until = time.monotonic() + WALL_SECONDS
    given: bytes | None = text
    try:
        while (left := until - time.monotonic()) > 0:
            try:
                return child.communicate(given, timeout=min(BEAT_SECONDS, left))
            except subprocess.TimeoutExpired:
                given = None  # what was not sent yet goes on by itself
                beat()
        raise PrintFailed(f"文书「{document}」{WALL_SECONDS:.0f} 秒没有印完，应分批打印")
    finally:
        if child.poll() is None:
            child.kill()


def template_of(document: str) -> Path:
    """The file of a template; KeyError names one that isn't there."""
    templates = {file.stem: file for file in TEMPLATES.glob("*.typ") if file.stem != "common"}
    if document not in templates:
        raise KeyError(f"没有文书模板「{document}」，应是 {'、'.join(sorted(templates))} 之一")
    return templates[document]


def printable(data: dict[str, Any]) -> str:
    """The data as JSON, 〓 for characters that the font lacks; TypeError for Decimal, float, date and whatever else
    has no one way to be printed."""
    _refuse_floats(data, "data")
    return with_marks(json.dumps(data, ensure_ascii=False, allow_nan=False))


def _refuse_floats(value: Any, where: str) -> None:
    if isinstance(value, float):
        raise TypeError(f"{where} 是浮点数 {value}，打印的数应先写成文字，例如用 format_yuan")
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_floats(item, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            _refuse_floats(item, f"{where}[{position}]")


def main(document: str) -> None:
    """The child: data on standard input, PDF on standard output; exit 1 with the reason on standard error."""
    import typst  # only the child carries it

    try:
        pdf = typst.compile(
            template_of(document),
            root=TEMPLATES,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]),
            format="pdf",
            # Data goes in as JSON and is only ever read as text: nothing in it can become markup.
            sys_inputs={"data": sys.stdin.buffer.read().decode()},
            pdf_tags=document not in LONG,
        )
    except typst.TypstError as error:
        sys.exit(error.message)
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main(sys.argv[1])
