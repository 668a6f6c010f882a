"""The 批单 of an endorsement, printed."""

from typing import Any

from django.utils import timezone

from calc.capital import capital_amount
from calc.money import from_fen
from enrollment.endorsement_wording import changed_lines, facts_of, signed_by
from enrollment.models import Endorsement
from office.check_code import check_code
from office.printing import render_pdf
from orgs.models import User
from schemes.rules.endorsements import signed


def endorsement_pdf(one: Endorsement, by: User) -> tuple[bytes, str]:
    """A PDF that shows the same facts, steps and clauses as the screen, and its check code."""
    data = endorsement_data(one, by)
    return render_pdf("endorsement", data), data["code"]


def endorsement_data(one: Endorsement, by: User) -> dict[str, Any]:
    """What the print shows, as plain values."""
    terms = one.edition.terms
    word = "应退" if one.premium_fen < 0 else "应收"
    clauses = dict.fromkeys(step["clause"] for step in one.steps if step["clause"])
    content = {
        "number": one.number,
        "kind": one.get_kind_display(),
        "edition": one.edition.title,
        "notice": terms.notice.number,
        "insurer": one.insurer.name if one.insurer else "",
        "facts": [{"label": line.label, "value": line.value} for line in facts_of(one)],
        "changes": [
            {"label": line.label, "former": line.former if one.former else "", "value": line.value}
            for line in changed_lines(one)
        ],
        "steps": one.steps,
        "premium": signed(from_fen(one.premium_fen)),
        "capital": f"{word} {capital_amount(abs(one.premium_fen))}",
        "clauses": [{"clause": clause, "words": terms.clauses[clause]} for clause in clauses],
        "asked": signed_by(one.asked_by, one.asked_at),
        "agreed": signed_by(one.decided_by, one.decided_at),
        "opinion": one.opinion,
    }
    printed = {
        "printed_at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        "printed_by": f"{by.organization.short_name} {by.name}",
    }
    return content | {"code": check_code(content)} | printed
