"""Made-up drafts of the next year for the tests of what-ifs: Wanzhou's document with figures changed."""

from orgs.scope import system_scope
from schemes.models import Edition
from schemes.services import store_edition
from tests.cast import EDITION
from tests.ground import FIXTURES

IN_SCHOOL = """      - in_school
    covered_when:
      - {fact: in_school, is: true, otherwise: 不是在校学生, clause: 五（一）}
    pays:
      by: event
"""
CHANGES = (
    (f"code: {EDITION}", "code: draft-2022"),
    ("short_title: 2021年巩固脱贫保", "short_title: 2022年巩固脱贫保"),
    ("number_prefix: WZ21", "number_prefix: WZ22"),
    ('{first: "2021-01-01", last: "2021-12-31"', '{first: "2022-01-01", last: "2022-12-31"'),
    ('rate: {value: "130.00"', 'rate: {value: "150.00"'),
    ('less_own_share: {value: "10%"', 'less_own_share: {value: "15%"'),
    ('threshold:\n              value: "1000.00"', 'threshold:\n              value: "500.00"'),
    ('amount: {value: "5000.00", clause: 五（一）}', 'amount: {value: "4000.00", clause: 五（一）}'),
    ('adobe: {value: "25000.00"', 'adobe: {value: "30000.00"'),
    ('amount: {value: "1000.00", clause: 五（三）}', 'amount: {value: "1500.00", clause: 五（三）}'),
    ('at_most: "22"', 'at_most: "18"'),
    ("chronic_outpatient", "chronic_visit"),
    ("    pays:\n      by: event\n", IN_SCHOOL),
)


def draft(*more: tuple[str, str]) -> Edition:
    """Stored, not published. Every change must find its place."""
    document = (FIXTURES / "editions" / f"{EDITION}.yaml").read_text(encoding="utf-8")
    for old, new in (*CHANGES, *more):
        assert old in document, old
        document = document.replace(old, new)
    with system_scope("tests"):
        return store_edition(document=document, name="draft-2022.yaml", by=None)
