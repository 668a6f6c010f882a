"""docs/edition.schema.json says what the loader says: the same keys, the same words, wherever a key may stand."""

import copy
import json
import re
from functools import cache

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from schemes.terms.bands import EDGES
from schemes.terms.check import check_document
from schemes.terms.loader import load_document
from schemes.terms.nodes import Cursor
from schemes.terms.numbers import UNITS, NumberError, read_number
from schemes.terms.schema import edition_schema, schema_text
from tests.docs.making import (
    BENEFITS,
    CONDITIONS,
    DEATH,
    MEDICAL,
    SNIPPETS,
    STEPS,
    sample,
    with_benefit,
    with_condition,
    with_facts,
    with_snippet,
    with_step,
)
from tests.rules.documents import PAGE, ROOT, SAMPLE, documents, page, plain, written
from tests.rules.schema_walk import Walk, tokens_of

SCHEMA = edition_schema()
VALID = Draft202012Validator(SCHEMA)
BAND = re.compile(r"bands\[\d+\]$")
# what a reader knows only to refuse it with a sentence of its own
REFUSED = {re.compile(r"^limits\."): {"otherwise"}, re.compile(r"any_of\["): {"when", "unless"}}
# told apart by code, not as a section: tried one by one
READ_BY_CODE = {
    "/$defs/benefit",
    "/$defs/benefit/properties/daily/properties/at_most_days",
    "/properties/payees/properties/list",
    "/properties/examples/items/properties/paid_before/items",
    "/properties/examples/items/properties/edition_paid_before/items",
}


def test_the_published_file_is_the_one_that_the_code_makes():
    published = (ROOT / "docs/edition.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "python -m schemes.terms.schema > docs/edition.schema.json"
    assert json.loads(published) == SCHEMA


def test_it_is_a_schema_and_for_older_editors_too():
    Draft202012Validator.check_schema(SCHEMA)
    Draft7Validator.check_schema(SCHEMA)
    assert (ROOT / re.search(r"`(docs/\S+schema\.json)`", page())[1]).is_file()


@pytest.mark.parametrize("name", documents())
def test_every_edition_is_valid(name):
    assert [f"{error.json_path}: {error.message}" for error in VALID.iter_errors(plain(documents()[name]))] == []


def test_every_key_is_explained_in_chinese():
    bare = [
        f"{at}.{name}" for at, form in Walk(SCHEMA).mappings() for name, value in _own(form) if not _explained(value)
    ]
    assert bare == []


def _own(form):
    return form["properties"].items()


def _explained(value):
    return re.search(r"[\u4e00-\u9fff]", value.get("description", ""))


def test_nothing_is_defined_for_nobody():
    used = set(re.findall(r'"#/\$defs/(\w+)"', schema_text()))
    assert used == set(SCHEMA["$defs"])


@cache
def every_document():
    """Those at hand, what the how-to shows, and what none of them has."""
    shown = [with_snippet(start) for start in SNIPPETS] + [with_condition(condition) for condition in CONDITIONS]
    shown += [with_step(step) for step in STEPS] + [with_benefit(*benefit) for benefit in BENEFITS]
    shown.append(_the_rest())
    return documents() | {f"{PAGE.name} {at}": written(document) for at, document in enumerate(shown)}


def _the_rest():
    """What neither the page nor an edition has: tables in tables, a quantity above a figure, what is settled."""
    document = sample()
    with_facts(document)
    own = {"value": "30.00", "clause": "六"}
    by_size = {
        "by": "rooms",
        "bands": [{"below": "3", **own}, {"at_least": "3", "by": "renewed", "values": {"yes": own, "no": "1.00"}}],
    }
    table = {"by": "event", "clause": "五（二）", "values": {"death": by_size, "a": "10.00"}, "otherwise": "不赔"}
    rain = {"fact": "rainfall", "above": {"value": "50", "clause": "六"}}
    document["coverages"][DEATH]["pays"] = {"per_unit": {"label": "每间", "amount": table, "times": ["rooms", rain]}}
    document["coverages"][DEATH]["settles"] = {"coverages": [MEDICAL], "clause": "六", "label": "另一项已赔"}
    document["coverages"][DEATH]["at_most_paid"] = {"times": {"value": "2", "clause": "六"}, "per": "household"}
    deductible = {"deductible": own, "once_per": "household", "shared_with": [DEATH]}
    document["coverages"][MEDICAL]["pays"]["expense"]["steps"].append(deductible)
    document["premium"]["carry_over"] = {"ratio": {"value": "50%", "clause": "三"}}
    return document


@pytest.fixture(scope="module")
def visits():
    """For every mapping of every document: its place, the schema's form of it, the keys that the readers asked for."""
    return [visit for name, text in every_document().items() for visit in _visits(name, text)]


def _visits(name, text):
    asked: dict[str, list[tuple[set, set]]] = {}
    usual = Cursor.section

    def noting(cursor, required, optional=()):
        asked.setdefault(cursor.key, []).append((set(required), {*required, *optional}))
        return usual(cursor, required, optional)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cursor, "section", noting)
        assert load_document(text, name).terms is not None
    walk, document = Walk(SCHEMA), plain(text)
    return [(name, key, *walk.form_at(document, tokens_of(key)), sets) for key, sets in asked.items()]


def test_the_schema_knows_the_keys_that_the_readers_know(visits):
    assert len(visits) > 500
    apart = [(name, key, form) for name, key, _, form, sets in visits if set(form["properties"]) != _known(key, sets)]
    assert apart == []


def _known(key, sets):
    """A band is read twice: with its edges, and without them as what fills it."""
    edges = set(EDGES) if BAND.search(key) else set()
    refused = set().union(*(names for place, names in REFUSED.items() if place.search(key)))
    return set.intersection(*(known | edges for _, known in sets)) - refused


def test_the_schema_requires_the_keys_that_the_readers_require(visits):
    apart = [
        (name, key, form.get("required"))
        for name, key, _, form, sets in visits
        if set(form.get("required", ())) != set().union(*(required for required, _ in sets))
    ]
    assert apart == []


def test_an_unknown_key_is_refused_by_both(visits):
    """Once for every form of the schema."""
    tried = set()
    for name, key, pointer, _, _ in sorted(visits, key=lambda visit: len(every_document()[visit[0]])):
        if pointer in tried:
            continue
        tried.add(pointer)
        document = copy.deepcopy(plain(every_document()[name]))
        place = document
        for token in tokens_of(key):
            place = place[token]
        place["zzz"] = "1"
        assert not VALID.is_valid(document), (name, key)
        problems = load_document(written(document), name).problems
        assert any(problem.key.removeprefix(key).lstrip(".") == "zzz" for problem in problems), (name, key, problems)
    assert len(tried) > 50


def test_every_form_is_held_against_a_reader(visits):
    seen = {_common(pointer) for _, _, pointer, _, _ in visits}
    unseen = {_common(pointer) for pointer, _ in Walk(SCHEMA).mappings()} - seen
    assert unseen == READ_BY_CODE


def _common(pointer):
    """Tables of all units have one reader, and so have conditions inside and outside `any_of`."""
    return re.sub(r"/(?:money|ratio|factor|height|number|count)_", "/unit_", pointer).replace(
        "condition_of_any", "condition"
    )


@pytest.mark.parametrize(
    ("place", "key"),
    [
        (["coverages", DEATH, "pays"], "annuity"),
        (["coverages", DEATH, "pays"], "loss"),
        (["coverages", MEDICAL, "pays", "daily", "at_most_days"], "year"),
        (["payees", "list"], "neighbour"),
        (["examples", -1, "paid_before", 0], "same_house"),
        (["examples", -1, "edition_paid_before", 0], "same_house"),
    ],
)
def test_what_is_read_by_code_knows_no_other_code(place, key):
    document = sample()
    daily = {"label": "津贴", "days": "days", "amount": {"value": "30.00", "clause": "六"}}
    daily["at_most_days"] = {"stay": {"value": "30", "clause": "六"}}
    document["facts"]["days"] = {"label": "天数", "type": "count", "group": "费用"}
    document["coverages"][MEDICAL] |= {
        "pays": {"daily": daily},
    }
    document["examples"] = document["examples"][:1]
    document["examples"][0] |= {"paid_before": [{"coverage": MEDICAL, "amount": "1.00"}]}
    document["examples"][0] |= {"edition_paid_before": [{"coverage": MEDICAL, "amount": "1.00"}]}
    document["coverages"][MEDICAL]["asks"] = list(document["facts"])
    assert (VALID.is_valid(document), check_document(written(document), "x.yaml").passed) == (True, True)
    inner = document
    for token in place:
        inner = inner[token]
    inner[key] = copy.deepcopy(next(iter(inner.values())))
    assert (VALID.is_valid(document), check_document(written(document), "x.yaml").passed) == (False, False)


NUMBERS = ["0", "22", "1000.00", "1,000.00", "1.005", "-1", "28.5", "1e3", "", "一千", "10 000", "9" * 16, "9" * 13]
RATIOS = ["80%", "100%", "100.00%", "100.5%", "150%", "0%", "-5%", "12.3456789%"]


@pytest.mark.parametrize("written_as", NUMBERS + RATIOS)
@pytest.mark.parametrize("unit", UNITS)
def test_a_number_is_written_as_the_readers_take_it(unit, written_as):
    form = Draft202012Validator({"$ref": f"#/$defs/{unit}", "$defs": SCHEMA["$defs"]})
    assert form.is_valid(written_as) == _taken(written_as, unit)


def _taken(written_as, unit):
    try:
        read_number(written_as, unit)
    except NumberError:
        return False
    return True


# one mistake each in the sample: what is replaced, by what
MISTAKES = [
    ('value: "20.00"', "value: 20.00"),
    ('"2024-04-01"', '"2024年春"'),
    ("roster: true", 'roster: "true"'),
    ("per: person", "per: roof"),
    ("basis: person", "basis: acre"),
    ("type: money", "type: cash"),
    ("after: accepted", "after: buried"),
    ("    heir: {label", "    neighbour: {label"),
    ("working_days:", "weeks:"),
    ("lump_sum: {", "annuity: {"),
    ("- times: {", "- multiply: {"),
    ('"80%", clause: 五（二）}', '"0.8", clause: 五（二）}'),
    (", clause: 五（二）}\n          - deductible", "}\n          - deductible"),
    ("    options: {basic_medical: 基本医保报销}\n", ""),
    ("type: date, group: 事故}", "type: age, group: 事故}"),
    (", group: 费用, unit: 元}", ", unit: 元}"),
    ('    payable: "0.00"\n', ""),
    ('    payable: "0.00"\n', '    payable: "0.00"\n    refused: eligible_expense\n'),
    ("townships: all", "townships: everywhere"),
    ('"141029000000"', '"1410"'),
    ("marks: [给付30000元]", "marks: []"),
    ("    route: by_report\n", ""),
]


@pytest.mark.parametrize(("old", "new"), MISTAKES)
def test_a_mistake_of_form_is_refused_by_both(old, new):
    text = documents()[SAMPLE]
    assert old in text
    text = text.replace(old, new, 1)
    assert load_document(text, "x.yaml").problems
    assert not VALID.is_valid(plain(text))
