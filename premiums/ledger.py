"""The double-entry ledger: every movement of money is posted here, in the transaction that causes it."""

from collections.abc import Mapping

from django.db import transaction

from orgs.models import User
from orgs.models.scoped import ScopedModel
from premiums.models import LedgerEntry, LedgerTransaction
from schemes.models import Edition

Account = LedgerEntry.Account


class Unbalanced(Exception):
    """Entries that do not add up to nothing: a mistake of ours, never of a person."""


@transaction.atomic
def post(
    *, kind: str, source: str, edition: Edition, of: ScopedModel, fen_by_account: Mapping[str, int], by: User
) -> LedgerTransaction:
    """Post one movement caused by `of`. IntegrityError when the same source is posted again."""
    if sum(fen_by_account.values()) != 0 or not all(fen_by_account.values()):
        raise Unbalanced(f"{source}: {dict(fen_by_account)}")
    place = {"region_path": of.region_path, "insurer_id": of.insurer_id}
    movement = LedgerTransaction.objects.create(kind=kind, source=source, edition=edition, posted_by=by, **place)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(transaction=movement, account=account, fen=fen, party_id=of.insurer_id, **place)
        for account, fen in fen_by_account.items()
    )
    return movement
