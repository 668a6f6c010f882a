"""Reading over corrections of ID numbers: which blind indexes are one person's."""

from django.db.models import Q

from enrollment.models import IdCorrection
from orgs.scope import system_scope

MOST_LINKS = 20  # of one person; beyond that somebody plays


def linked_indexes(index: str) -> set[str]:
    """Every blind index that corrections tie to `index`, itself among them.

    Looks across townships, since people move; it tells of no row, only which indexes belong together. A number that
    was wrong may be somebody else's: ask for the name too (`of_person`).
    """
    known, asked = {index}, {index}
    with system_scope("身份证号更正：同一人前后的号码"):
        while asked and len(known) < MOST_LINKS:
            links = IdCorrection.objects.filter(Q(old_index__in=asked) | Q(new_index__in=asked))
            found = {one for link in links.values_list("old_index", "new_index") for one in link}
            asked, known = found - known, known | found
    return known


def of_person(index: str, name: str, *, prefix: str = "") -> Q:
    """Rows of a person over their corrections: the number itself, or a linked one under the same name."""
    others = linked_indexes(index) - {index}
    same = Q(id_index=index)
    return same | Q(id_index__in=others, **{f"{prefix}name": name}) if others else same
