"""Insurers and their townships put anew into a document (承保分片); what else stands beside them stays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yaml.nodes import Node

from schemes.terms.outline import (
    Outline,
    Splice,
    end_of,
    in_place_of,
    is_flow,
    outline,
    plain_or_quoted,
    quoted,
    spliced,
    without,
)

EVERYWHERE = "all"
_TEXTS = ("name", "short_name", "hotline")
_LEFT_OUT = "not_taking_part"
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class InsurerEntry:
    """An insurer as a form has it. `at` is its number in the document, 0 for a new one."""

    at: int
    name: str
    short_name: str
    hotline: str
    townships: tuple[str, ...]


def insurers_in(document: str) -> tuple[InsurerEntry, ...]:
    """The insurers of a document in order, also of one that doesn't pass the check."""
    found = outline(document)
    return tuple(
        InsurerEntry(
            at=at,
            name=found.text(f"{key}.name"),
            short_name=found.text(f"{key}.short_name"),
            hotline=found.text(f"{key}.hotline"),
            townships=townships_in(found, f"{key}.townships"),
        )
        for at, key in enumerate(found.under("insurers"), start=1)
    )


def townships_in(found: Outline, key: str) -> tuple[str, ...]:
    """The townships listed at a place; just EVERYWHERE where it says so."""
    return (EVERYWHERE,) if found.text(key) == EVERYWHERE else found.texts(key)


def left_out_in(document: str) -> tuple[str, ...]:
    """The townships named as not taking part."""
    return outline(document).texts(f"{_LEFT_OUT}.townships")


def reassigned(
    document: str, insurers: Sequence[InsurerEntry], not_taking_part: Sequence[str], *, reading: str = ""
) -> str:
    """The document with these insurers, each with its townships; insurers that aren't named are taken out.

    `reading` says why townships take no part, where the document had no such section. Townships keep the
    order in which they are given.
    """
    found = outline(document)
    splices = [*_insurers(found, insurers), *_left_out(found, not_taking_part, reading)]
    return spliced(document, splices)


def _insurers(found: Outline, insurers: Sequence[InsurerEntry]) -> Iterator[Splice]:
    named = {one.at: one for one in insurers if one.at}
    for at, key in enumerate(found.under("insurers"), start=1):
        if at in named:
            yield from _changed(found, key, named[at])
        else:
            yield without(found, key)
    new = [one for one in insurers if not one.at]
    if new and "insurers" in found:
        yield _added(found, new)


def _changed(found: Outline, key: str, insurer: InsurerEntry) -> Iterator[Splice]:
    for name in _TEXTS:
        place, text = f"{key}.{name}", getattr(insurer, name)
        if place in found and found.is_value(place) and found.text(place) != text:
            yield in_place_of(found, place, text)
    yield from _townships(found, f"{key}.townships", insurer.townships)


def _townships(found: Outline, key: str, townships: Sequence[str]) -> Iterator[Splice]:
    if key not in found or townships_in(found, key) == tuple(townships):
        return
    node = found[key].node
    name = found[key].name
    indent = (name.start_mark.column if name else 0) + 2
    start = node.start_mark.index
    before = "" if found.document[:start].rstrip(" ").endswith(":") else " "
    yield Splice(_value_start(found, key, node), end_of(found.document, node), before + _listed(townships, indent))


def _value_start(found: Outline, key: str, node: Node) -> int:
    """Where a list begins; for one of dashed lines that is right after its key's colon."""
    name = found[key].name
    if name is None or is_flow(node):
        return int(node.start_mark.index)
    return found.document.index(":", name.end_mark.index) + 1


def _listed(townships: Sequence[str], indent: int) -> str:
    lines, line = [], ""
    for township in townships:
        piece = plain_or_quoted(township)
        if line and len(line) + len(piece) > _WIDTH // 2:  # a Chinese sign is two columns wide
            lines.append(line)
            line = ""
        line = f"{line}, {piece}" if line else piece
    lines.append(line)
    return f"[{(',' + chr(10) + ' ' * indent).join(lines)}]"


def _added(found: Outline, insurers: Sequence[InsurerEntry]) -> Splice:
    clause = next((found.text(f"{key}.clause") for key in found.under("insurers")), "")
    node = found["insurers"].node
    if is_flow(node):
        at = node.end_mark.index - 1
        comma = ", " if node.value else ""
        return Splice(at, at, comma + ", ".join(f"{{{', '.join(_lines(one, clause, 4))}}}" for one in insurers))
    first = found["insurers[1]"].node if "insurers[1]" in found else node
    dash = " " * (first.start_mark.column - 2)
    text = "".join(f"{dash}- " + f"\n{dash}  ".join(_lines(one, clause, len(dash) + 4)) + "\n" for one in insurers)
    at = _after(found.document, end_of(found.document, node))
    return Splice(at, at, text if found.document[:at].endswith("\n") else f"\n{text}")


def _lines(insurer: InsurerEntry, clause: str, indent: int) -> list[str]:
    return [
        f"name: {plain_or_quoted(insurer.name)}",
        f"short_name: {plain_or_quoted(insurer.short_name)}",
        f"hotline: {quoted(insurer.hotline)}",
        f"clause: {plain_or_quoted(clause)}",
        f"townships: {_listed(insurer.townships, indent)}",
    ]


def _left_out(found: Outline, townships: Sequence[str], reading: str) -> Iterator[Splice]:
    if _LEFT_OUT in found:
        if townships:
            yield from _townships(found, f"{_LEFT_OUT}.townships", townships)
        else:
            yield without(found, _LEFT_OUT)
    elif townships and "insurers" in found:
        clause = next((found.text(f"{key}.clause") for key in found.under("insurers")), "")
        at = _after(found.document, end_of(found.document, found["insurers"].node))
        lines = [
            f"{_LEFT_OUT}:",
            f"  townships: {_listed(townships, 4)}",
            f"  clause: {plain_or_quoted(clause)}",
            f"  interpretation: {{title: 不参加的乡镇, text: {quoted(reading or '通知没有列入，按不参加处理。')}}}",
        ]
        text = "\n".join(lines) + "\n"
        yield Splice(at, at, text if found.document[:at].endswith("\n") else f"\n{text}")


def _after(document: str, at: int) -> int:
    """The start of the next line."""
    end = document.find("\n", at)
    return len(document) if end < 0 else end + 1
