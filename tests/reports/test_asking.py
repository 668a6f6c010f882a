"""What-ifs that are not begun at all."""

import pytest

from reports.what_if.asking import WhatIfRefused
from tests.cast import Cast, claim_in
from tests.reports.drafts import draft
from tests.reports.test_what_if import asked_for


def test_a_year_without_approved_claims_is_refused(cast: Cast) -> None:
    claim_in("accepted", cast)
    with pytest.raises(WhatIfRefused, match="还没有获批的案件"):
        asked_for(draft(), cast.authority)
