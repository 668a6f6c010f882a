"""Whoever is taken out for an objection is taken out by a batch, which is listed and can be undone."""

import pytest

from enrollment.models import Enrollment, Objection, RosterChange, VillageTotal
from enrollment.services.objecting import remove_for_objection
from enrollment.services.stepping import StepRefused
from orgs.models import AuditEvent
from tests.cast import OWN, Cast
from tests.enrollment.batches import undone
from tests.ground import everything
from tests.steps.climbing import bring_up, enrol_in, object_to, page, sign_all, submit, take
from tests.steps.test_steps import as_


def objected_and_out(edition, cast: Cast) -> tuple[Enrollment, Objection]:
    person = enrol_in(edition, OWN, 1)
    enrol_in(edition, OWN, 2)
    bring_up(edition, "police", cast)
    objection = object_to(person, cast.police)
    take(edition, OWN, "send_back", cast.police)
    return person, as_(cast.clerk, remove_for_objection, objection=objection)


def test_a_removal_for_an_objection_is_a_batch_that_is_listed(edition, cast: Cast, login) -> None:
    person, objection = objected_and_out(edition, cast)
    with everything():
        change = RosterChange.objects.select_related("batch").get(enrollment=person)
        uphold = AuditEvent.objects.get(action="roster.objection.uphold")
    assert (change.kind, change.batch, change.batch.kind) == ("removed", objection.removed_by, "objection")
    assert (change.batch.counts["removed"], uphold.detail["batch"]) == (1, change.batch.pk)
    client = login(cast.clerk)
    batch = client.get(f"/roster/import/{change.batch.pk}/").content.decode()
    assert ("异议删除" in batch, person.name in batch, "撤销整批" in batch) == (True, True, True)
    assert f"/roster/import/{change.batch.pk}/" in client.get(page()).content.decode()
    assert login(cast.near_clerk).get(f"/roster/import/{change.batch.pk}/").status_code == 404


def test_undone_the_person_is_back_as_before_and_the_objection_open(edition, cast: Cast) -> None:
    person, objection = objected_and_out(edition, cast)
    reversal = undone(objection.removed_by, cast.clerk)
    with everything():
        back, again = Enrollment.objects.get(pk=person.pk), Objection.objects.get(pk=objection.pk)
        assert VillageTotal.objects.get(edition=edition).persons == 2
    assert (back.removed_at, again.state, again.answer, again.removed_by) == (None, "open", "", None)
    assert (reversal.counts["new"], reversal.counts["reopened"]) == (1, 1)
    sign_all(edition, OWN, cast.clerk)
    with pytest.raises(StepRefused, match="还有 1 条异议没有答复"):
        submit(edition, OWN, cast.clerk)
    assert as_(cast.clerk, remove_for_objection, objection=again).state == "upheld"


def test_a_second_objection_to_who_is_out_is_settled_by_the_same_batch(edition, cast: Cast) -> None:
    """Both are open again when it is undone."""
    person = enrol_in(edition, OWN, 1)
    enrol_in(edition, OWN, 2)
    seen = object_to(person, cast.clerk, step="publicity", reason="dead")
    with everything():
        Objection.objects.filter(pk=seen.pk).update(state="explained")
        other = Objection.objects.create(
            edition=edition, township=person.township, region_path=person.region_path, enrollment=person, step="police",
            reason="dead", raised_by=cast.police,
        )  # fmt: skip
    first, second = (as_(cast.clerk, remove_for_objection, objection=one) for one in (seen, other))
    assert (first.removed_by, first.removed_by is not None) == (second.removed_by, True)
    undone(first.removed_by, cast.clerk)
    with everything():
        assert set(Objection.objects.values_list("state", flat=True)) == {"open"}
