"""Scope fails closed."""

import pytest

from claims.models import Claim
from enrollment.models import Enrollment
from orgs.row_security import scoped_models
from orgs.scope import NOTHING, ScopeMissing, acting, scope_of, visible
from tests.cast import NEAR, OWN, Cast, claim_in, enrol, township

SCOPED = [model for model in scoped_models() if hasattr(model.objects, "get_queryset")]


@pytest.mark.parametrize("model", [m for m in SCOPED if m.__name__ != "AuditEvent"], ids=lambda model: model.__name__)
def test_a_question_without_a_scope_raises(model, db: None) -> None:
    with pytest.raises(ScopeMissing):
        model.objects.count()
    with pytest.raises(ScopeMissing):
        model.objects.create()


def test_somebody_without_a_scope_sees_nothing(cast: Cast) -> None:
    claim_in("reported", cast)
    for user in (cast.certifier, cast.administrator, cast.disabled):
        assert not visible(Claim, user).exists()
        with acting(scope_of(user)):
            assert not Enrollment.objects.exists()
    with acting(NOTHING):
        assert not Claim.objects.exists()


@pytest.mark.parametrize("change", [{"region_path": "1"}, {"insurer": None}, {"insurer_id": 2}], ids=str)
def test_a_row_is_not_moved_out_of_its_scope(cast: Cast, change: dict) -> None:
    enrol()
    with acting(scope_of(cast.clerk)), pytest.raises(ScopeMissing):
        Enrollment.objects.update(**change)
    with acting(scope_of(cast.clerk)), pytest.raises(ScopeMissing):
        visible(Enrollment, cast.clerk).update(**change)


def test_a_township_is_one_region_of_the_tree(cast: Cast) -> None:
    """Scope is by path: no township's path may begin another's."""
    paths = [township(name).path for name in (OWN, NEAR)]
    assert len({path[:-6] for path in paths}) == 1
    assert not paths[0].startswith(paths[1])
