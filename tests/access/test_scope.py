"""Scope fails closed; what others do changes nothing here; what is taken from somebody is gone at once."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from claims.models import Claim
from enrollment.models import Enrollment, RosterBatch
from enrollment.services.confirming import sum_up_villages
from orgs.models import User
from orgs.row_security import scoped_models
from orgs.scope import NOTHING, ScopeMissing, acting, scope_of, visible
from tests.access.asking import BACKEND, TOKENS, Asked
from tests.access.matrix import MATRIX, placements_of
from tests.access.world import World, sees
from tests.cast import NEAR, OWN, Cast, claim_in, enrol, township
from tests.ground import everything

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


# --- what is added elsewhere ------------------------------------------------------------------------------------
@pytest.mark.parametrize("actor", ["clerk", "far_adjuster"])
def test_rows_added_to_another_township_change_no_answer(
    actor: str, world: World, client: Client, db: None, time_machine
) -> None:
    """Totals, charts, tabs, pages: none of them gives away that a neighbour has more."""
    time_machine.move_to(timezone.now(), tick=False)  # prints and live figures carry their moment
    by = getattr(world.cast, actor)
    client.force_login(by, backend=BACKEND)
    before = dict(_answers(world, client, by))
    _crowd(world)
    after = dict(_answers(world, client, by))
    assert len(before) > 12
    assert [name for name in before if before[name] != after[name]] == []


def _answers(world: World, client: Client, by: User) -> Iterator[tuple[str, bytes]]:
    for cell in MATRIX:
        if (
            cell.method != "GET"
            or by.role not in cell.roles
            or cell.route.endswith(("template", "statement", "errors", "progress_xlsx"))
        ):
            continue  # those are files of one's own making or of figures on a page: a workbook carries its moment
        for placement in placements_of(cell):
            if placement == "any" or placement in sees(by.username, cell.of):
                asked = Asked(client, cell, world, placement, by)
                yield f"{cell.name} {placement}", TOKENS.sub(b"", asked.response.content)


def _crowd(world: World) -> None:
    """Three hundred more people and claims in the neighbouring township."""
    person, claim = world.corners["near"].person, world.corners["near"].claims["paid"]
    with everything():
        people = [_copy(person, id_index=f"x{n}", household=f"户{n}") for n in range(300)]
        Enrollment.objects.bulk_create(people)
        sum_up_villages(person.edition_id, {person.village_id})
        RosterBatch.objects.bulk_create(_copy(world.corners["near"].batch) for _ in range(30))
        Claim.objects.bulk_create(_copy(claim, number=f"ZZ-{n}", id_index=f"x{n}") for n in range(300))


def _copy(row, **changes):
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}
    return type(row)(**fields | changes)


def test_a_township_is_one_region_of_the_tree(cast: Cast) -> None:
    """Scope is by path: no township's path may begin another's."""
    paths = [township(name).path for name in (OWN, NEAR)]
    assert len({path[:-6] for path in paths}) == 1
    assert not paths[0].startswith(paths[1])
