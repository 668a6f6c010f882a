"""From text to YAML nodes, with what is no plain YAML refused: references, endless nesting, a broken layout."""

from collections.abc import Iterable
from functools import lru_cache

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent, Event, NodeEvent
from yaml.nodes import Node

from schemes.terms.yaml_faults import Fault, fault_of

KEPT = 200_000  # characters: five times the longest notice so far
DEEPEST = 100  # the parser in C calls itself for each level and checks nothing

# Seven times as fast where libyaml is at hand. It counts a byte order mark otherwise, and takes tabs and tags
# that the other one refuses; whatever has one of these goes to the other one.
_Fast: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOT_FOR_IT = ("\t", "!", "\ufeff")


class NotComposed(Exception):
    """The text has no nodes that may be read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.found)
        self.fault = fault


def nodes_of(text: str) -> Node | None:
    """The root; None for an empty document. Raises NotComposed. Nobody changes a node: a page asks four times for those
    of one text, and is given the same.
    """
    return _kept(text) if len(text) <= KEPT else _read(text)


@lru_cache(maxsize=4)
def _kept(text: str) -> Node | None:
    return _read(text)


def _read(text: str) -> Node | None:
    """What the fast parser refuses is read again by the other one: only its marks and messages are relied on."""
    if not any(sign in text for sign in _NOT_FOR_IT):
        try:
            return _composed(text, _Fast)
        except (yaml.YAMLError, ValueError):
            pass
    try:
        return _composed(text, yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two: "\UFFFFFFFF"
        raise NotComposed(fault_of(text, error)) from None


def _composed(text: str, loader: type) -> Node | None:
    _look_over(yaml.parse(text, loader))
    return yaml.compose(text, loader)


def _look_over(events: Iterable[Event]) -> None:
    """Before anything is built of them."""
    depth = 0
    for event in events:
        if isinstance(event, NodeEvent) and event.anchor is not None:
            _refuse(event, "用了 & 和 * 引用", "每处写全", "请把引用的内容照抄一遍")
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                _refuse(event, f"格式读不通：套了 {DEEPEST} 层以上", "像样例那样几层", "请核对这一行的括号")
        elif isinstance(event, CollectionEndEvent):
            depth -= 1


def _refuse(event: Event, found: str, expected: str, mend: str) -> None:
    line = event.start_mark.line + 1 if event.start_mark else 1
    raise NotComposed(Fault(line, found, expected, mend))
