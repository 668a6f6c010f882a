"""A document's nodes by key, and exact splices into its text: comments, order and line breaks stay as they were."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from schemes.terms.composing import NotComposed, nodes_of

_QUOTED = ("'", '"')
_STR_TAG = "tag:yaml.org,2002:str"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_PLAIN_MARKS = frozenset("（）《》“”〔〕、，。；－—-_.%")


class NotReadable(ValueError):
    """The text is no YAML, or uses & and *: nothing in it has a place. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Put `text` where `start` to `end` stands."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A node with its key; `name` is its key's own node where it stands in a mapping."""

    key: str
    node: Node
    name: ScalarNode | None
    parent: str

    @property
    def text(self) -> str:
        """What a scalar says; empty for a mapping or a list."""
        return str(self.node.value) if isinstance(self.node, ScalarNode) else ""

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1


@dataclass(frozen=True, slots=True)
class Outline:
    """Every node of a document by its key, in order. A key that stands twice keeps its first node."""

    document: str
    entries: dict[str, Entry]
    children: dict[str, list[str]] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def __getitem__(self, key: str) -> Entry:
        return self.entries[key]

    def is_value(self, key: str) -> bool:
        return isinstance(self.entries[key].node, ScalarNode)

    def text(self, key: str) -> str:
        return self.entries[key].text if key in self.entries else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """The scalars of a list."""
        return tuple(self.entries[child].text for child in self.children.get(key, ()))

    def under(self, key: str) -> list[str]:
        """The keys right under a mapping or list, in order."""
        return self.children.get(key, [])

    def ancestors(self, key: str) -> Iterator[str]:
        """The parent, its parent and so on; the root is the empty key."""
        while key:
            key = self.entries[key].parent
            yield key


def outline(document: str) -> Outline:
    """The nodes of a document; NotReadable where there is no telling them."""
    try:
        root = nodes_of(document)
    except NotComposed as refused:
        fault = refused.fault
        raise NotReadable(f"文件第{fault.line}行{fault.found}，应{fault.expected}。{fault.mend}") from None
    if root is None:
        raise NotReadable("文件是空的")
    found = Outline(document, {})
    _gather(found, Entry("", root, None, ""))
    return found


def _gather(found: Outline, entry: Entry) -> None:
    found.entries[entry.key] = entry
    children = found.children.setdefault(entry.key, [])
    for child in _children_of(entry):
        if child.key not in found.entries:
            children.append(child.key)
            _gather(found, child)


def _children_of(entry: Entry) -> Iterator[Entry]:
    if isinstance(entry.node, MappingNode):
        for name, node in entry.node.value:
            key = f"{entry.key}.{name.value}" if entry.key else str(name.value)
            yield Entry(key, node, name, entry.key)
    elif isinstance(entry.node, SequenceNode):
        for at, node in enumerate(entry.node.value, start=1):
            yield Entry(f"{entry.key}[{at}]", node, None, entry.key)


def spliced(document: str, splices: Iterable[Splice]) -> str:
    """The document with all splices made; they are places in the document as it was and must not overlap."""
    parts, last = [], 0
    for splice in sorted(splices, key=lambda one: (one.start, one.end)):
        if splice.start < last:
            raise ValueError("two splices overlap")
        parts += [document[last : splice.start], splice.text]
        last = splice.end
    return "".join([*parts, document[last:]])


def is_flow(node: Node) -> bool:
    """Written in braces or brackets."""
    return isinstance(node, MappingNode | SequenceNode) and bool(node.flow_style)


def end_of(document: str, node: Node) -> int:
    """Where a node's own text ends. A block's mark stands at the next thing, after comments that aren't its own."""
    if isinstance(node, ScalarNode):
        if node.style in ("|", ">"):
            return int(node.start_mark.index) + len(document[node.start_mark.index : node.end_mark.index].rstrip())
        return int(node.end_mark.index)
    if is_flow(node) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return end_of(document, last[1] if isinstance(last, tuple) else last)


def in_place_of(found: Outline, key: str, text: str) -> Splice:
    """A scalar's new text, quoted where it was quoted or has to be."""
    node = found[key].node
    if not isinstance(node, ScalarNode):
        raise KeyError(key)
    start = int(node.start_mark.index)
    plain = not node.style and node.value != ""
    return Splice(start, end_of(found.document, node), plain_or_quoted(text) if plain else quoted(text))


def without(found: Outline, key: str) -> Splice:
    """Takes out an entry of a mapping or an item of a list, with its comma or its lines."""
    entry = found[key]
    siblings = found.under(entry.parent)
    at = siblings.index(key)
    start, end = _start(found, entry), end_of(found.document, entry.node)
    if not is_flow(found[entry.parent].node) and _begins_its_line(found.document, start):
        return Splice(found.document.rfind("\n", 0, start) + 1, _line_end(found.document, end), "")
    if at:
        return Splice(end_of(found.document, found[siblings[at - 1]].node), end, "")
    if len(siblings) > 1:
        return Splice(start, _start(found, found[siblings[1]]), "")
    return Splice(start, end, "")


def _start(found: Outline, entry: Entry) -> int:
    """Where an entry begins: its key, or the dash of a block list's item."""
    if entry.name is not None:
        return int(entry.name.start_mark.index)
    start = int(entry.node.start_mark.index)
    return start if is_flow(found[entry.parent].node) else found.document.rfind("-", 0, start)


def _begins_its_line(document: str, start: int) -> bool:
    return not document[document.rfind("\n", 0, start) + 1 : start].strip()


def _line_end(document: str, at: int) -> int:
    """After the line's break; what stands on the line after the entry is a comment of it."""
    end = document.find("\n", at)
    return len(document) if end < 0 else end + 1


def quoted(text: str) -> str:
    """A YAML scalar in double quotes, on one line."""
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp", "Cn", "Co") or sign == "\ufeff":
        return f"\\U{ord(sign):08x}"
    return sign


def plain_or_quoted(text: str) -> str:
    """As people write it where that reads back as this very text; in quotes otherwise."""
    simple = text[:1].isalnum() and all(sign.isalnum() or sign in _PLAIN_MARKS for sign in text)
    return text if simple and _is_text(text) else quoted(text)


def _is_text(text: str) -> bool:
    resolver = yaml.SafeLoader("")
    try:
        tag = resolver.resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
        return bool(tag == _STR_TAG)
    finally:
        resolver.dispose()
