"""The insurer's decision on an endorsement. Agreed, it changes the roster in the same transaction."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from calc.money import format_yuan, from_fen
from enrollment.content import CORRECTABLE, content_of, index_of, write_content
from enrollment.endorsement_heads import price
from enrollment.initials import initials_of
from enrollment.models import Endorsement, Enrollment
from enrollment.services.changing import sum_up_villages
from enrollment.services.endorsing import EndorsementRefused, locked, refuse_early_removal, refuse_enrolled
from enrollment.services.listing import why_listed
from enrollment.services.member_sums import sum_up_members
from orgs.audit import record
from orgs.models import User
from orgs.scope import system_scope
from schemes.models import Edition

Kind, State = Endorsement.Kind, Endorsement.State


@transaction.atomic
def agree_to_endorsement(
    *, endorsement: Endorsement, by: User, read_version: int, seen_fen: int, opinion: str = ""
) -> Endorsement:
    """Let it take effect. `seen_fen` is the premium that the insurer saw; another one is shown first.

    Raises EndorsementRefused (not possible any more), EditConflict.
    """
    fresh = locked(endorsement, by, "endorsement.decide", read_version)
    Edition.objects.select_for_update(no_key=True).get(pk=fresh.edition_id)  # turns with confirmations of batches
    villages = {fresh.village_id}
    if fresh.enrollment_id:
        fresh.enrollment = _person(fresh)
        villages.add(fresh.enrollment.village_id)
    price(fresh)
    if fresh.premium_fen != seen_fen:
        shown = format_yuan(from_fen(fresh.premium_fen))
        raise EndorsementRefused(f"名册有了变动，批改保费现在是 {shown} 元，请看过再同意")
    EFFECTS[fresh.kind](fresh)
    with system_scope("批改：重算合计"):
        sum_up_villages(fresh.edition_id, villages)
        sum_up_members(fresh.edition, [fresh.enrollment.id_index])
    return _decided(fresh, State.AGREED, by, opinion)


@transaction.atomic
def refuse_endorsement(*, endorsement: Endorsement, by: User, read_version: int, opinion: str) -> Endorsement:
    """Leave the roster as it is, for a reason that the township is told."""
    fresh = locked(endorsement, by, "endorsement.decide", read_version)
    if not opinion.strip():
        raise EndorsementRefused("请写明不同意的原因，乡镇会看到", "opinion")
    return _decided(fresh, State.REFUSED, by, opinion)


def _decided(fresh: Endorsement, state: str, by: User, opinion: str) -> Endorsement:
    fresh.state, fresh.decided_by, fresh.decided_at, fresh.opinion = state, by, timezone.now(), opinion.strip()
    fresh.version += 1
    fresh.save()
    act = "endorsement.agree" if state == State.AGREED else "endorsement.refuse"
    record(act, by=by, target=fresh, kind=fresh.kind, effective_on=str(fresh.effective_on), fen=fresh.premium_fen)
    return fresh


def _person(fresh: Endorsement) -> Enrollment:
    """The roster's row, locked; still there."""
    rows = Enrollment.objects.select_for_update(of=("self",)).select_related("edition")
    person = rows.get(pk=fresh.enrollment_id)
    if person.removed_at is not None:
        raise EndorsementRefused(f"{person.name}已不在名册上，这件批改不能再生效；请写明原因，不予同意")
    return person


def _add(fresh: Endorsement) -> None:
    """A row of its own, covered from the day on."""
    refuse_enrolled(fresh.edition, fresh.township, fresh.id_index, fresh.effective_on)
    if listed := why_listed(fresh.edition, fresh.id_index):
        raise EndorsementRefused(listed)
    content = fresh.content
    person = Enrollment(
        edition=fresh.edition, township=fresh.township, region_path=fresh.region_path, insurer_id=fresh.insurer_id,
        id_number=content["id_number"], id_index=fresh.id_index, id_kind=content["id_kind"],
        initials=initials_of(content["name"]), content=index_of(content), covered_from=fresh.effective_on,
        **{name: content[name] for name in CORRECTABLE},
    )  # fmt: skip
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:  # added between the look and the write
        raise EndorsementRefused("此人刚由别处参保，这件批改不能再生效；请写明原因，不予同意") from error
    fresh.enrollment = person


def _remove(fresh: Endorsement) -> None:
    """Off the roster; the row stays for what happened before."""
    person = fresh.enrollment
    refuse_early_removal(person, fresh.effective_on)
    person.covered_to = fresh.effective_on - timedelta(days=1)
    person.removed_at = timezone.now()
    person.version += 1
    person.save(update_fields=["covered_to", "removed_at", "version"])


def _correct(fresh: Endorsement) -> None:
    """New content, unless somebody else has changed what was to be corrected."""
    person, now = fresh.enrollment, content_of(fresh.enrollment)
    moved = [label for name, label in CORRECTABLE.items() if name in fresh.former and fresh.former[name] != now[name]]
    if moved:
        raise EndorsementRefused(f"申请以后名册上的{'、'.join(moved)}又改过，这件更正不能再生效；请写明原因，不予同意")
    write_content(person, fresh.content)
    person.region_path = fresh.region_path
    person.version += 1
    person.save(update_fields=["region_path", "initials", "content", "version", *fresh.content])


EFFECTS = {Kind.ADD: _add, Kind.REMOVE: _remove, Kind.CORRECT: _correct}
