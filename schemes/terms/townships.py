"""Which township has which insurer: none has two, none is left out in silence."""

from collections.abc import Collection, Mapping, Sequence

from schemes.terms.model import Insurer, NotTakingPart
from schemes.terms.nodes import Section


def note_townships(
    section: Section,
    insurers: Sequence[Insurer],
    not_taking_part: NotTakingPart | None,
    townships: Mapping[str, Collection[str]] | None,
) -> None:
    named = [(name, insurer.short_name) for insurer in insurers for name in insurer.townships]
    if not_taking_part:
        named += [(name, "不参加名单") for name in not_taking_part.townships]
    if "insurers" not in section or (not named and not any(insurer.everywhere for insurer in insurers)):
        return
    current = _current_names(townships)
    owners: dict[str, str] = {}
    for name, owner in named:
        township = current.get(name, name)
        if township in owners:
            _note(section, f"「{name}」既在{owners[township]}，又在{owner}", "只归一处", "请核对通知的分片")
        elif townships is not None and township not in townships:
            _note(section, f"「{name}」不是本县的乡镇", "是本县乡镇（街道）的现名或曾用名", "请核对名称")
        owners.setdefault(township, owner)
    if any(insurer.everywhere for insurer in insurers):
        return
    for township in townships or ():
        if township not in owners:
            found = f"「{township}」没有列入任何承保机构"
            _note(section, found, "归一家承保机构，或写入 not_taking_part", "请核对通知")


def _current_names(townships: Mapping[str, Collection[str]] | None) -> dict[str, str]:
    return {other: name for name, others in (townships or {}).items() for other in others}


def _note(section: Section, found: str, expected: str, mend: str) -> None:
    section["insurers"].problem(found, expected, mend)
