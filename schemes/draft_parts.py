"""What the pages of a draft show: its fields with what was typed, the messages beside them, who serves whom."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from schemes.drafting import Findings, findings_of
from schemes.models import DraftText
from schemes.services import is_fixed, townships_of
from schemes.terms.assigning import EVERYWHERE, InsurerEntry, insurers_in, left_out_in
from schemes.terms.editing import tidied
from schemes.terms.fields import PARTS, Field, Subject, parts_of, subjects_of, without_readings_shown
from schemes.terms.loader import load_document
from schemes.terms.nodes import Place
from schemes.terms.outline import Outline, outline
from schemes.terms.problems import Problem

NONE = "none"


@dataclass(frozen=True)
class Line:
    """A field as it is shown. `now` is what is kept where somebody else changed it meanwhile.

    `fixed`: printed and not asked, since an amendment may not change it.
    """

    field: Field
    id: str
    value: str
    wrong: str = ""
    now: str = ""
    reading: "Line | None" = None
    fixed: bool = False


@dataclass(frozen=True)
class Block:
    """A subject with its lines, and the messages that belong to none of them."""

    subject: Subject
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Tab:
    code: str
    title: str
    problems: int


@dataclass(frozen=True)
class DraftPage:
    """A draft as its pages need it: read once."""

    draft: DraftText
    found: Outline
    places: tuple[Place, ...]
    findings: Findings
    tabs: tuple[Tab, ...] = field(default=())

    def subjects(self, part: str) -> tuple[Subject, ...]:
        return subjects_of(self.found, self.places, part)

    def is_fixed(self, key: str) -> bool:
        """Whether the value at a key isn't this draft's to change."""
        return self.draft.amendment_id is not None and is_fixed(key)

    def askable(self, part: str) -> dict[str, Field]:
        """The part's fields that a form may change, by key."""
        return {key: one for key, one in values_of(self.subjects(part)).items() if not self.is_fixed(key)}


def open_page(draft: DraftText) -> DraftPage:
    """Everything about a draft's text; NotReadable where it is no YAML."""
    found = outline(draft.document)
    places = load_document(draft.document, "草稿").places
    findings = findings_of(draft.document, draft.place, draft.amendment)
    return DraftPage(draft, found, places, findings, _tabs(found, places, findings))


def _tabs(found: Outline, places: tuple[Place, ...], findings: Findings) -> tuple[Tab, ...]:
    counts: dict[str, int] = {}
    for problem in findings.problems:
        counts[_part_of(problem.key)] = counts.get(_part_of(problem.key), 0) + 1
    tabs = [Tab(part, PARTS[part][0], counts.get(part, 0)) for part in parts_of(found, places)]
    tabs.insert(-1 if tabs else 0, Tab("insurers", "承保分片", counts.get("insurers", 0)))
    return (*tabs, Tab("examples", "算例", counts.get("examples", 0) + len(findings.misfits)))


def _part_of(key: str) -> str:
    section = key.partition(".")[0].partition("[")[0]
    if section in ("insurers", "not_taking_part"):
        return "insurers"
    if section == "examples":
        return "examples"
    return next((part for part, (_, sections) in PARTS.items() if section in sections), "other")


# --- fields -----------------------------------------------------------------------------------------------------
def values_of(subjects: Iterable[Subject]) -> dict[str, Field]:
    return {one.key: one for subject in subjects for one in subject.fields}


def typed_in(post: Mapping[str, str], fields: Mapping[str, Field]) -> dict[str, str]:
    """What was typed for the fields that the document has, as the document writes it."""
    return {key: _typed(post[f"v:{key}"], one.kind) for key, one in fields.items() if f"v:{key}" in post}


def _typed(text: str, kind: str) -> str:
    if kind in ("text", "long"):
        return text.replace("\r\n", "\n").strip()
    return tidied(kind, text[:200])


def changes_in(typed: Mapping[str, str], fields: Mapping[str, Field]) -> dict[str, str]:
    """What differs from what the document says."""
    return {key: text for key, text in typed.items() if text != fields[key].value.strip()}


def changes_since(typed: Mapping[str, str], read: str) -> dict[str, str]:
    """What the person changed of the values that their page had shown, whatever others did since."""
    try:
        shown = json.loads(read)
    except ValueError:
        shown = {}
    if not isinstance(shown, dict):
        return dict(typed)
    return {key: text for key, text in typed.items() if shown.get(key) != text}


def read_of(fields: Mapping[str, Field]) -> str:
    """The values as the page shows them, to be sent back with what is typed."""
    return json.dumps({key: one.value.strip() for key, one in fields.items()}, ensure_ascii=False)


def blocks_of(page: DraftPage, part: str, typed: Mapping[str, str]) -> tuple[Block, ...]:
    """The part's subjects with what was typed over what the document says."""
    return tuple(_block(page, subject, typed) for subject in page.subjects(part))


def _block(page: DraftPage, subject: Subject, typed: Mapping[str, str]) -> Block:
    problems = page.findings.problems
    fields = {one.key: one for one in subject.fields}
    shown_lines = (_line(one, fields, typed, problems) for one in without_readings_shown(subject.fields))
    lines = tuple(replace(line, fixed=page.is_fixed(line.field.key)) for line in shown_lines)
    inside = [problem for problem in problems if _inside(problem.key, subject.key)]
    shown = {wrong for one in fields for wrong in _beside(one, problems)}
    return Block(subject, lines, tuple(problem for problem in inside if problem not in shown))


def _line(one: Field, fields: Mapping[str, Field], typed: Mapping[str, str], problems: Sequence[Problem]) -> Line:
    kept = one.value.strip()
    value = typed.get(one.key, kept)
    reading = fields.get(one.reading)
    return Line(
        field=one,
        id=f"v-{one.key}",
        value=value,
        wrong="；".join(
            f"{problem.found}，应{problem.expected}。{problem.mend}" for problem in _beside(one.key, problems)
        ),
        now=kept if value != kept else "",
        reading=_line(reading, fields, typed, problems) if reading else None,
    )


def _beside(key: str, problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.key == key]


def _inside(key: str, subject: str) -> bool:
    return key == subject or key.startswith((f"{subject}.", f"{subject}["))


# --- insurers ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class InsurerLine:
    """An insurer's row: `code` is its number in the document, or new1 and so on."""

    code: str
    name: str
    short_name: str
    hotline: str
    dropped: bool = False


@dataclass(frozen=True)
class TownshipLine:
    name: str
    served_by: str


NEW = ("new1", "new2")


def insurer_lines(draft: DraftText) -> tuple[list[InsurerLine], list[TownshipLine]]:
    """The rows of the page as the document has them: insurers with room for new ones, and every township."""
    insurers = insurers_in(draft.document)
    lines = [InsurerLine(str(one.at), one.name, one.short_name, one.hotline) for one in insurers]
    served = {name: str(one.at) for one in insurers for name in one.townships}
    served |= dict.fromkeys(left_out_in(draft.document), NONE)
    everywhere = served.pop(EVERYWHERE, "")
    lines += [InsurerLine(code, "", "", "") for code in NEW]
    return lines, [TownshipLine(name, served.get(name, everywhere)) for name in _townships(draft, served)]


def _townships(draft: DraftText, served: Mapping[str, str]) -> list[str]:
    """Every township by the name that the document uses; then names that are nobody's."""
    names = []
    for name, others in townships_of(draft.place).items():
        names.append(next((one for one in (name, *others) if one in served), name))
    return names + [name for name in served if name not in names]


def insurers_typed(post: Mapping[str, str], draft: DraftText) -> tuple[list[InsurerLine], list[TownshipLine]]:
    """The rows as they were typed; what the form didn't send stays as the document has it."""
    lines, townships = insurer_lines(draft)
    typed = [
        InsurerLine(
            code=one.code,
            name=post.get(f"name_{one.code}", one.name).strip(),
            short_name=post.get(f"short_{one.code}", one.short_name).strip(),
            hotline=post.get(f"hotline_{one.code}", one.hotline).strip(),
            dropped=f"drop_{one.code}" in post,
        )
        for one in lines
    ]
    return typed, [TownshipLine(one.name, post.get(f"t:{one.name}", one.served_by)) for one in townships]


def entries_of(
    insurers: Sequence[InsurerLine], townships: Sequence[TownshipLine], draft: DraftText
) -> tuple[list[InsurerEntry], list[str]]:
    """Insurers with their townships, those that they had first, in the order that these stood in."""
    before = {str(one.at): one.townships for one in insurers_in(draft.document)}
    owners = {one.served_by for one in townships}
    entries = [
        InsurerEntry(
            at=0 if one.code in NEW else int(one.code),
            name=one.name,
            short_name=one.short_name or one.name,
            hotline=one.hotline,
            townships=_of(before.get(one.code, ()), _served(townships, one.code), alone=owners == {one.code}),
        )
        for one in insurers
        if not one.dropped and (one.name or one.code not in NEW)
    ]
    return entries, list(_ordered(left_out_in(draft.document), _served(townships, NONE)))


def _of(before: Sequence[str], now: Sequence[str], *, alone: bool) -> tuple[str, ...]:
    """Whoever served everywhere by one word goes on so as long as every township is theirs."""
    if EVERYWHERE in before:
        return (EVERYWHERE,) if alone else tuple(now)
    return _ordered(before, now)


def _served(townships: Sequence[TownshipLine], code: str) -> list[str]:
    return [one.name for one in townships if one.served_by == code]


def _ordered(before: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    kept = [name for name in before if name in now]
    return (*kept, *(name for name in now if name not in kept))
