"""Every document as PDF, from one template each in `office/print/`. The only module that knows Typst."""

import json
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).resolve().parent / "print"
FONTS = TEMPLATES / "fonts"


def render_pdf(document: str, data: dict[str, Any]) -> bytes:
    """The PDF (A4) of a document: `statement` (理算书), `allocation` (保费分配表) or `table` (any list).

    `data` is text, whole numbers, lists and dictionaries; sums come as printed text. What each document
    wants stands at the top of its template. Raises KeyError where there is no such template, TypeError where
    a value can't be printed as it stands, typst.TypstError where a template misses a key.
    """
    pdf = typst.compile(
        template_of(document),
        root=TEMPLATES,
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]),
        format="pdf",
        # Data goes in as JSON and is only ever read as text: nothing in it can become markup.
        sys_inputs={"data": printable(data)},
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"文书「{document}」没有生成单个 PDF 文件，请检查模板")
    return pdf


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
