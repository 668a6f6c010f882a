"""Which heads an endorsement moves on the roster as it stands now, and what that costs."""

from collections.abc import Iterator
from datetime import date

from calc.money import to_fen
from calc.trace import steps_to_json
from enrollment.models import Endorsement, Enrollment
from schemes.rules.endorsements import Move, endorsement_premium

Kind = Endorsement.Kind
PERSON, HOUSEHOLD = "person", "household"


def price(endorsement: Endorsement) -> None:
    """Set what the endorsement moves on the roster as it is now, and its premium; saving is left to the caller."""
    moves = tuple(_moves(endorsement))
    priced = endorsement_premium(endorsement.edition.terms, moves, endorsement.effective_on)
    endorsement.moves = [[move.basis, move.since.isoformat() if move.since else ""] for move in moves]
    endorsement.persons, endorsement.households = (
        sum(-1 if move.goes else 1 for move in moves if move.basis == basis) for basis in (PERSON, HOUSEHOLD)
    )
    endorsement.premium_fen, endorsement.steps = to_fen(priced.amount), steps_to_json(priced.steps)


def moves_of(kept: list[list[str]]) -> tuple[Move, ...]:
    """The moves as an endorsement keeps them."""
    return tuple(Move(basis, date.fromisoformat(since) if since else None) for basis, since in kept)


def _moves(endorsement: Endorsement) -> Iterator[Move]:
    person = endorsement.enrollment
    if endorsement.kind == Kind.ADD or person is None:
        yield Move(PERSON)
        if _is_empty(endorsement, endorsement.village_id, endorsement.household):
            yield Move(HOUSEHOLD)
        return
    if endorsement.kind == Kind.REMOVE:
        yield Move(PERSON, person.covered_from or endorsement.edition.first_day)
        if _is_empty(endorsement, person.village_id, person.household):
            yield Move(HOUSEHOLD, _household_since(endorsement, person))
        return
    yield from _of_correction(endorsement, person)


def _of_correction(endorsement: Endorsement, person: Enrollment) -> Iterator[Move]:
    """Somebody goes over to another household; one household under another number is the same household."""
    if (person.village_id, person.household) == (endorsement.village_id, endorsement.household):
        return
    goes = _is_empty(endorsement, person.village_id, person.household)
    comes = _is_empty(endorsement, endorsement.village_id, endorsement.household)
    if comes and not goes:
        yield Move(HOUSEHOLD)
    elif goes and not comes:
        yield Move(HOUSEHOLD, _household_since(endorsement, person))


def _is_empty(endorsement: Endorsement, village_id: int, household: str) -> bool:
    """Whether nobody but the endorsement's person is on the roster under the household's number."""
    if not household:
        return False
    others = Enrollment.objects.filter(
        edition=endorsement.edition_id, township=endorsement.township_id, village=village_id, household=household,
        removed_at__isnull=True,
    )  # fmt: skip
    return not others.exclude(pk=endorsement.enrollment_id).exists()


def _household_since(endorsement: Endorsement, person: Enrollment) -> date:
    """The day on which the person's household came by endorsement; the edition's first day otherwise."""
    came = Endorsement.objects.filter(
        edition=endorsement.edition_id, township=endorsement.township_id, village=person.village_id,
        household=person.household, households=1, state=Endorsement.State.AGREED,
    )  # fmt: skip
    last = came.order_by("-id").values_list("effective_on", flat=True).first()
    return last or endorsement.edition.first_day
