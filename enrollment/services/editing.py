"""What a roster says of one person is put right: a typed batch of one row, so compared, kept and undoable."""

from collections.abc import Mapping

from django.db import transaction

from enrollment.models import Enrollment
from enrollment.person import household_number
from enrollment.services.confirming import take_turns
from enrollment.services.entering import Entered, EntryOrder, EntryRefused, enter_rows
from orgs.models import User
from orgs.scope import visible
from orgs.versions import EditConflict

CLEARED = "无"  # typed into a field that is not shown in clear, and so is left blank where it stays
SECRET = ("phone", "bank_account")


@transaction.atomic
def edit_person(*, person: Enrollment, values: Mapping[str, str], by: User, read_version: int) -> Entered:
    """Write the particulars that the form shows; blank telephone or account: as before. The ID number stays.

    Another name is not written: the county decides on it, and on what else was changed with it (`queued`).

    Raises EntryRefused, EditConflict, or Enrollment.DoesNotExist for a row that isn't theirs.
    """
    take_turns(person.edition_id)
    rows = visible(Enrollment, by).select_for_update(of=("self",))
    fresh = rows.select_related("edition__place", "township").get(pk=person.pk)
    if fresh.version != read_version:
        raise EditConflict(fresh)
    if fresh.removed_at is not None:
        raise EntryRefused("此人已减员，不能再改；要重新参保的，请用逐人录入")
    order = EntryOrder(
        edition=fresh.edition,
        township=fresh.township,
        by=by,
        may_change=frozenset({1}),
        only_valid=True,
        title=f"修改资料 {fresh.name}"[:100],
    )
    return enter_rows(rows={1: _row(fresh, values)}, order=order)


def _row(person: Enrollment, values: Mapping[str, str]) -> dict[str, str]:
    kept = {"phone": person.phone.reveal(), "bank_account": person.account.reveal()}
    row = {key: text.strip() for key, text in values.items()} | {"id_number": person.id_number.reveal()}
    for key in SECRET:
        typed = row.get(key, "")
        row[key] = "" if typed == CLEARED else typed or kept[key]
    if not row.get("household_no") and not household_number(person):
        row["household_no"] = person.household
    return row
