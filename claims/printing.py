"""The 理算书 of a claim."""

from typing import Any

from django.utils import timezone

from calc.capital import capital_amount
from calc.money import format_yuan, from_fen
from claims.models import Claim
from claims.presenting import disability_text
from office.check_code import check_code
from office.printing import render_pdf
from orgs.models import User


def statement_pdf(claim: Claim, by: User) -> bytes:
    """A PDF that shows the same steps, figures and clauses as the screen; ID number masked."""
    return render_pdf("statement", statement_data(claim, by))


def statement_data(claim: Claim, by: User) -> dict[str, Any]:
    """What the print shows, as plain values."""
    fen = claim.adjusted_fen or 0
    content = {
        "number": claim.number,
        "edition": claim.edition.title,
        "notice": claim.terms.notice.number,
        "insurer": claim.insurer.name if claim.insurer else "",
        "person": claim.person_name,
        "id_number": str(claim.id_number),
        "place": f"{claim.township.name} {claim.village.name}",
        "coverage": claim.coverage_name,
        "event_date": claim.event_date.isoformat(),
        "payee": claim.payee_name,
        "account": str(claim.payee_account),
        "steps": claim.adjustment.get("steps", []),
        "formula": claim.adjustment.get("formula", ""),
        "reason": claim.adjustment.get("reason", ""),
        "interpretations": [*claim.adjustment.get("interpretations", []), *claim.adjustment.get("states", [])],
        "payable": format_yuan(from_fen(fen)),
        "capital": capital_amount(fen),
        "adjusted_by": claim.adjusted_by.name if claim.adjusted_by else "",
        "approved_by": claim.approved_by.name if claim.approved_by else "",
    }
    disability = disability_text(claim.terms, claim.facts)
    if disability:  # part of the check code only where it is part of the paper
        content["disability"] = disability
    printed = {
        "printed_at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        "printed_by": f"{by.organization.short_name} {by.name}",
    }
    return content | {"code": check_code(content)} | printed
