"""Every edition's document at hand, as text and as plain values: fixtures, tests/editions, the how-to's sample."""

import re
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/howto/add-an-edition.md"
SAMPLE = "样例"


class _Loader(yaml.SafeLoader):
    """A day without quotes is text, as the loader of editions and editors take it."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, match) for tag, match in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def documents() -> dict[str, str]:
    """Name -> text."""
    files = [*ROOT.glob("fixtures/editions/*.yaml"), *ROOT.glob("tests/editions/*.yaml")]
    return {SAMPLE: blocks()[0], **{file.stem: file.read_text(encoding="utf-8") for file in sorted(files)}}


@cache
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@cache
def blocks() -> tuple[str, ...]:
    """The how-to's yaml blocks in order; the first is the sample."""
    return tuple(re.findall(r"```yaml\n(.*?)```", page(), re.DOTALL))


def plain(text: str):
    """Values with keys as they are written (`1` stays "1")."""
    return _plain(yaml.compose(text, _Loader))


def _plain(node):
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return _Loader("").construct_object(node)


def written(document) -> str:
    """The document as YAML again, texts that look like numbers in quotes."""
    return yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True
