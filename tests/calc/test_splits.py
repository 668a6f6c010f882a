from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from calc.money import from_fen, to_fen, yuan
from calc.splits import SplitError, split

PREMIUMS = yaml.safe_load((Path(__file__).parent.parent / "cases/premiums.yaml").read_text(encoding="utf-8"))


def shares_of(county):
    return next(group["shares"] for group in PREMIUMS["fiscal_shares"]["groups"] if county in group["counties"])


@pytest.mark.parametrize("row", PREMIUMS["fiscal_shares"]["splits"], ids=lambda row: row["county"])
def test_premium_splits_by_fiscal_share(row):
    weights = [Decimal(share) for share in shares_of(row["county"]).values()]
    parts = split(to_fen(yuan(row["premium"])), weights)
    wanted = (row["province"], row["city"], row["county_share"])
    assert tuple(str(from_fen(part)) for part in parts) == wanted


def test_recoupment_by_coinsurance_share():
    recoupment = PREMIUMS["coinsurance"]["recoupment"]
    weights = [Decimal(share) for share in recoupment["shares"].values()]
    for case in recoupment["cases"]:
        parts = split(to_fen(yuan(case["paid_by_lead"])), weights)
        assert [str(from_fen(part)) for part in parts] == list(case["parts"].values())


def test_three_fen_among_five():
    assert split(3, [1, 1, 1, 1, 1]) == (1, 1, 1, 0, 0)


def test_weights_need_not_add_up_to_one():
    assert split(100, [Fraction(1, 3), 2, Decimal("0.5")]) == (12, 70, 18)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [2, Decimal("-0.1")]])
def test_weights_that_make_no_sense_are_refused(weights):
    with pytest.raises(SplitError, match="比例"):
        split(100, weights)


@given(
    st.integers(min_value=-(10**12), max_value=10**12),
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any),
)
def test_parts_add_up_and_lie_within_a_fen_of_their_share(total, weights):
    parts = split(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part - Fraction(total * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True)
    )
