"""The demo's endorsements in 大周镇: an addition and a removal that wait, a correction in effect."""

from datetime import date

from calc.id_number import check_digit
from enrollment.content import CORRECTABLE
from enrollment.models import Endorsement, Enrollment
from enrollment.services.agreeing import agree_to_endorsement
from enrollment.services.endorsing import Grounds, ask_addition, ask_correction, ask_removal
from orgs.models import User
from orgs.scope import acting, scope_of, visible

Reason = Endorsement.Reason
ADDED = "50010119880202001" + check_digit("50010119880202001")
FIRST = 40  # past those who have claims


def load_endorsements(clerk: User, adjuster: User) -> None:
    """Neither addition nor removal is in effect: sums of the roster stay, and a visitor may agree to them."""
    with acting(scope_of(clerk)):
        rows = visible(Enrollment, clerk).select_related("edition", "village__parent").filter(removed_at__isnull=True)
        going, wrong = rows.order_by("id")[FIRST : FIRST + 2]
        person = dict.fromkeys(CORRECTABLE, "") | {
            "name": "示某增",
            "sex": "m",
            "id_kind": "resident",
            "id_number": ADDED,
        }
        omitted = Grounds(date(2021, 7, 1), Reason.OMITTED, "村委会证明（示例）", "认定晚了，漏报")
        ask_addition(edition=going.edition, village=going.village, person=person, grounds=omitted, by=clerk)
        ask_removal(enrollment=going, grounds=Grounds(date(2021, 11, 1), Reason.MOVED, "户口迁移证（示例）"), by=clerk)
        written = Grounds(date(2021, 9, 1), Reason.MISWRITTEN, "户口簿（示例）")
        asked = ask_correction(enrollment=wrong, changes={"phone": "10000000008"}, grounds=written, by=clerk)
    with acting(scope_of(adjuster)):
        agree_to_endorsement(endorsement=asked, by=adjuster, read_version=asked.version, seen_fen=0)
