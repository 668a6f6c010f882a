"""Someone has only docs/howto/add-an-edition.md and a notice: what the page shows works, and it leaves nothing out."""

import re

import pytest

from schemes.terms import reading_benefits, reading_conditions, reading_steps
from schemes.terms.check import check_document
from schemes.terms.loader import load_document
from schemes.terms.schema import edition_schema
from tests.docs.making import (
    BENEFITS,
    CONDITIONS,
    DEATH,
    MEDICAL,
    SNIPPETS,
    STEPS,
    sample,
    steps_of,
    with_benefit,
    with_condition,
    with_snippet,
    with_step,
)
from tests.rules.documents import SAMPLE, blocks, documents, page, plain, written

CODE = " ".join(re.findall(r"```.*?```|`[^`\n]+`", page(), re.DOTALL))


def refusals(document):
    result = check_document(written(document), "x.yaml")
    return [problem.sentence for problem in result.problems] + [one.message for one in result.failed]


def test_the_sample_passes_with_its_examples():
    result = check_document(documents()[SAMPLE], "shili-2024.yaml")
    assert ([problem.sentence for problem in result.problems], result.failed, result.run) == ([], (), 4)


def test_the_sample_written_anew_is_the_same():
    assert plain(written(sample())) == sample()
    assert refusals(sample()) == []


@pytest.mark.parametrize("start", SNIPPETS)
def test_a_snippet_works_at_its_place_in_the_sample(start):
    assert refusals(with_snippet(start)) == []


def test_every_snippet_is_tried():
    tried = [text for text in blocks()[1:] for start in SNIPPETS if text.startswith(start)]
    assert sorted(tried) == sorted(blocks()[1:])


def problems(document):
    return [problem.sentence for problem in load_document(written(document), "x.yaml").problems]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_can_be_written_as_the_table_shows(step):
    document = with_step(step)
    assert document["coverages"] != sample()["coverages"]
    assert problems(document) == []


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_can_be_written_as_the_table_shows(condition):
    assert problems(with_condition(condition)) == []


@pytest.mark.parametrize(("name", "shape"), BENEFITS)
def test_a_benefit_can_be_written_as_the_table_shows(name, shape):
    assert problems(with_benefit(name, shape)) == []


def test_a_waiting_period_is_a_window_turned_round():
    (window,) = [condition for condition in CONDITIONS if "within" in condition]
    turned = window.replace("within", "beyond").replace("otherwise", "unless: {renewed: true}, otherwise")
    assert problems(with_condition(turned)) == []


def test_the_tables_name_every_step_condition_and_kind():
    steps = {name for step in STEPS for one in steps_of(with_step(step)) for name in one}
    conditions = {
        name for condition in CONDITIONS for name in with_condition(condition)["coverages"][MEDICAL]["covered_when"][0]
    }
    kinds = {kind for name, shape in BENEFITS for kind in with_benefit(name, shape)["coverages"][DEATH]["pays"]}
    assert steps >= set(reading_steps.STEPS)
    assert conditions >= set(reading_conditions.CONDITIONS)
    assert kinds | {"scale"} == set(reading_benefits.KINDS)


def test_every_line_of_code_that_is_yaml_reads():
    spans = [span for span in re.findall(r"`([^`\n]+)`", page()) if re.match(r"\{|\[|- |[a-z_]+: ", span)]
    assert len(spans) > 80
    for span in spans:
        plain(span.replace("...", "x"))


def test_no_key_and_no_word_is_left_out():
    """Numbers of grades apart, every key and every code of a closed set stands in code on the page."""
    known = {word for word in _words(edition_schema()) if not word.isdigit()}
    assert len(known) > 200
    assert [word for word in sorted(known) if not re.search(rf"(?<!\w){word}(?!\w)", CODE)] == []


def _words(schema):
    if isinstance(schema, list):
        for item in schema:
            yield from _words(item)
    elif isinstance(schema, dict):
        yield from schema.get("enum", ())
        if isinstance(properties := schema.get("properties"), dict):
            yield from properties
        for value in schema.values():
            yield from _words(value)
