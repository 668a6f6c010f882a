"""The worked examples inside a document, which its check computes again."""

from collections.abc import Mapping

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from schemes.terms.model import Coverage, Example
from schemes.terms.nodes import Cursor

_GIVEN = ("facts", "paid_before", "edition_paid_before", "edition_state")
_INT_TAG = "tag:yaml.org,2002:int"
_BOOL_TAG = "tag:yaml.org,2002:bool"


def read_example(cursor: Cursor, coverages: Mapping[str, Coverage]) -> Example:
    section = cursor.section(("name", "coverage", "facts"), (*_GIVEN[1:], "payable", "refused"))
    if ("payable" in section) == ("refused" in section):
        cursor.problem("算例没有结果", "在 payable 与 refused 中写一个", "请补上")
    return Example(
        name=section.text("name"),
        coverage=section.one_of("coverage", coverages, "本方案的保障责任"),
        document={name: plain(section[name].node) for name in _GIVEN if name in section},
        payable=section["payable"].number("money")[0] if "payable" in section else None,
        refused=section.text("refused"),
    )


def plain(node: Node) -> object:
    """Dictionaries, lists and scalars; a day or a decimal number stays text, so nothing becomes a float."""
    if isinstance(node, MappingNode):
        return {str(key.value): plain(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.value]
    return _scalar(node) if isinstance(node, ScalarNode) else None


def _scalar(node: ScalarNode) -> object:
    if node.tag == _INT_TAG and node.value.isdigit():
        return int(node.value)
    if node.tag == _BOOL_TAG:
        return node.value.lower() in ("true", "yes", "on")
    return node.value
