"""Quotes one by one: a JSON document in, an answer out, whatever the document holds. For the command and the API."""

import json
from collections.abc import Callable

from schemes.finding import EditionUnknown, published_edition
from schemes.in_force import terms_to_quote
from schemes.models import Edition
from schemes.rules.quoting import quote_document, refusal_document
from schemes.rules.refusal import FactProblem, FactsRefused

Answer = dict[str, object]


class QuoteDesk:
    """Answers documents; an edition is looked up once, by `find`, which raises EditionUnknown.

    The terms are those of the date that decides the coverage, where the facts tell it, else those in force today.
    """

    def __init__(self, find: Callable[[str], Edition] = published_edition) -> None:
        self._find = find
        self._editions: dict[str, Edition] = {}

    def answer(self, line: bytes) -> Answer:
        """The quote, or `{"errors": […]}`."""
        try:
            return self.answer_to(_document(line))
        except FactsRefused as refused:
            return refusal_document(refused)

    def answer_to(self, document: object) -> Answer:
        """The same for a document that has been read."""
        try:
            return self.quote(document)
        except FactsRefused as refused:
            return refusal_document(refused)
        except EditionUnknown as unknown:
            return refusal_document(_refused("edition", str(unknown)))

    def quote(self, document: object) -> Answer:
        """The quote; raises FactsRefused or EditionUnknown."""
        if not isinstance(document, dict):
            raise _refused("", "应是键值对，写明 edition、coverage 和 facts")
        edition, coverage = self._edition_of(_text(document, "edition")), _text(document, "coverage")
        return quote_document(terms_to_quote(edition, coverage, document.get("facts")), coverage, document)

    def _edition_of(self, code: str) -> Edition:
        if code not in self._editions:
            self._editions[code] = self._find(code)
        return self._editions[code]


def _document(line: bytes) -> object:
    try:
        return json.loads(line.decode("utf-8-sig"))
    except (
        ValueError,
        RecursionError,
    ):  # bytes that are no UTF-8 and text that is no JSON are both ValueErrors
        raise _refused("", "这一行不是 UTF-8 的 JSON 文档，请核对引号和括号") from None


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
