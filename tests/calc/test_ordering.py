"""Groups and household numbers in the order that people expect."""

import random

from calc.ordering import natural_key

GROUPS = [
    ["1组", "4组", "9组", "10组", "11组"],
    ["一组", "二组", "九组", "十组", "十一组", "二十组", "二十一组", "一百组"],
    ["第1小组", "第2小组", "第10小组"],
    ["H2", "H10", "H10-2", "H10-11"],
]


def test_numbers_in_names_sort_by_value() -> None:
    for expected in GROUPS:
        shuffled = random.Random(7).sample(expected, len(expected))
        assert sorted(shuffled, key=natural_key) == expected


def test_any_text_can_be_sorted_beside_any_other() -> None:
    texts = ["", "9", "组9", "9组", "东头", "二〇二一", "九十百", "Ａ２", "①", "٣", "组", "10组一队"]
    ordered = sorted(texts, key=natural_key)
    random.Random(7).shuffle(texts)
    assert sorted(texts, key=natural_key) == ordered
    assert ordered[0] == ""
