"""Every document as PDF, from one template each in `office/print/`. The only module that knows Typst.

Run as a program (`python -m office.printing table`), it is the child that prints: JSON in, PDF out.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).resolve().parent / "print"
FONTS = TEMPLATES / "fonts"
WALL_SECONDS = 60.0  # 10,000 rows take 4 s
_PROJECT = TEMPLATES.parents[1]


class PrintFailed(RuntimeError):
    """A template and its data don't fit together, or printing took too long; says which document and why."""


def render_pdf(document: str, data: dict[str, Any]) -> bytes:
    """The PDF (A4) of a document: `statement` (理算书), `allocation` (保费分配表) or `table` (any list).

    `data` is text, whole numbers, lists and dictionaries; sums come as printed text. What each document
    wants stands at the top of its template. Raises KeyError where there is no such template, TypeError where
    a value can't be printed as it stands, PrintFailed where a template misses a key.
    """
    template_of(document)
    # Typst keeps what it laid out in the last ten compilations, some 150 MB for each list of 3,000 rows.
    # A process that ends gives that back, and a panic in there ends nothing else.
    try:
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "office.printing", document],
            input=printable(data).encode(),
            capture_output=True,
            check=False,
            timeout=WALL_SECONDS,
            cwd=_PROJECT,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise PrintFailed(f"文书「{document}」{WALL_SECONDS:.0f} 秒没有印完，应分批打印") from error
    if child.returncode:
        reason = child.stderr.decode(errors="replace").strip()[-500:]
        raise PrintFailed(f"文书「{document}」没有印成：{reason or child.returncode}")
    return child.stdout


def template_of(document: str) -> Path:
    """The file of a template; KeyError names one that isn't there."""
    templates = {file.stem: file for file in TEMPLATES.glob("*.typ") if file.stem != "common"}
    if document not in templates:
        raise KeyError(f"没有文书模板「{document}」，应是 {'、'.join(sorted(templates))} 之一")
    return templates[document]


def printable(data: dict[str, Any]) -> str:
    """The data as JSON; TypeError for Decimal, float, date and whatever else has no one way to be printed."""
    _refuse_floats(data, "data")
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


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
        )
    except typst.TypstError as error:
        sys.exit(error.message)
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main(sys.argv[1])
