"""Quotes line by line: one JSON document in, one answer out, whatever the line holds."""

import json

from schemes.finding import EditionUnknown, published_edition
from schemes.rules.quoting import quote_document, refusal_document
from schemes.rules.refusal import FactProblem, FactsRefused
from schemes.terms.model import EditionTerms

Answer = dict[str, object]


class QuoteDesk:
    """Answers lines; an edition is looked up once."""

    def __init__(self) -> None:
        self._terms: dict[str, EditionTerms] = {}

    def answer(self, line: bytes) -> Answer:
        """The quote, or `{"errors": […]}`."""
        try:
            document = _document(line)
            terms = self._terms_of(_text(document, "edition"))
            return quote_document(terms, _text(document, "coverage"), document)
        except FactsRefused as refused:
            return refusal_document(refused)

    def _terms_of(self, code: str) -> EditionTerms:
        if code not in self._terms:
            try:
                self._terms[code] = published_edition(code).terms
            except EditionUnknown as unknown:
                raise _refused("edition", str(unknown)) from unknown
        return self._terms[code]


def _document(line: bytes) -> dict[str, object]:
    try:
        document = json.loads(line.decode("utf-8-sig"))
    except (
        ValueError,
        RecursionError,
    ):  # bytes that are no UTF-8 and text that is no JSON are both ValueErrors
        raise _refused("", "这一行不是 UTF-8 的 JSON 文档，请核对引号和括号") from None
    if not isinstance(document, dict):
        raise _refused("", "这一行应是键值对，写明 edition、coverage 和 facts")
    return document


def _text(document: dict[str, object], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise _refused(
            key,
            f'缺少 {key}，应是代码，例如 "wanzhou-2021"' if key == "edition" else f"缺少 {key}，应是保障责任的代码",
        )
    return value


def _refused(where: str, message: str) -> FactsRefused:
    return FactsRefused([FactProblem(where, message)])
