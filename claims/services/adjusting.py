"""Adjustment: the computed payout with its explanation, and the limits it uses once approved."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Q

from calc.money import format_yuan, from_fen, round_to_fen, to_fen, yuan
from calc.trace import steps_to_json
from claims.history import edition_paid_before, edition_state, holder_of, paid_before
from claims.models import Claim, LimitUse
from claims.services.moving import StepRefused, moving
from orgs.models import User
from orgs.scope import system_scope
from schemes.rules.limits import Cap
from schemes.rules.payout import FactsRefused, Quote, quote
from schemes.rules.work import Uses
from schemes.states import words_on_states
from schemes.terms.model import EditionTerms


class FactsDoNotCompute(StepRefused):
    """The claim's facts can't be computed; carries the sentences."""

    def __init__(self, refused: FactsRefused) -> None:
        self.problems = refused.problems
        super().__init__("；".join(problem.message for problem in refused.problems) + "。请退回补正")


@dataclass(frozen=True)
class Before:
    """What was paid before, and how the edition stood: what a payout rests on beside terms and facts."""

    paid: list[dict[str, Any]]
    edition_paid: list[dict[str, Any]]
    state: dict[str, Any]

    def known_to(self, terms: EditionTerms) -> dict[str, Any]:
        """As the rules take it, without payments of a coverage that an amendment has ended."""
        return {
            "paid_before": [one for one in self.paid if one["coverage"] in terms.coverages],
            "edition_paid_before": [one for one in self.edition_paid if one["coverage"] in terms.coverages],
            "edition_state": self.state,
        }


def before(claim: Claim, terms: EditionTerms) -> Before:
    """How things stand now."""
    return Before(paid_before(claim), edition_paid_before(claim), edition_state(claim.edition, terms))


def quote_claim(claim: Claim) -> Quote:
    """The payout as facts, earlier payments and terms of its deciding date stand now; FactsDoNotCompute otherwise."""
    terms = claim.edition.terms_on(claim.event_date)
    return _quote(claim, terms, before(claim, terms))


def recompute_claim(claim: Claim) -> Quote:
    """What the claim came to when it was adjusted: with the terms and earlier payments of that day, for ever."""
    kept = claim.adjustment.get("before")
    return _quote(claim, claim.terms, Before(**kept) if kept else before(claim, claim.terms))


def _quote(claim: Claim, terms: EditionTerms, before: Before) -> Quote:
    try:
        return quote(terms, claim.coverage, claim.facts, **before.known_to(terms), complete=True)
    except FactsRefused as refused:
        raise FactsDoNotCompute(refused) from refused


def adjust_claim(*, claim: Claim, by: User, read_version: int) -> Claim:
    """Compute the payout and keep it with its explanation."""
    with moving(claim=claim, action="adjust", by=by, read_version=read_version) as fresh:
        forget_adjustment(fresh)  # and with it the terms of an earlier one
        terms = fresh.terms
        now = before(fresh, terms)
        answer = _quote(fresh, terms, now)
        fresh.adjusted_fen = to_fen(answer.payable)
        told = {"states": words_on_states(fresh.edition, terms, fresh.coverage)}
        fresh.adjustment = adjustment_of(answer) | told | _rests_on(fresh, now)
        fresh.adjusted_by = by
    return fresh


def adjustment_of(answer: Quote) -> dict[str, Any]:
    """The stored explanation: what screen, print and API show."""
    return {
        "payable": f"{answer.payable:.2f}",
        "formula": answer.formula,
        "covered": answer.covered,
        "reason": answer.reason,
        "steps": steps_to_json(answer.steps),
        "interpretations": [str(reading) for reading in answer.interpretations],
        "caps": [_cap(cap) for cap in answer.caps if cap.per != "claim"],
        "uses": _uses(answer.uses),
    }


def _rests_on(claim: Claim, now: Before) -> dict[str, Any]:
    """What it takes to compute the same again: the terms by their hash, and what was paid before."""
    return {"terms": claim.edition.hash_on(claim.event_date), "before": _plain(asdict(now))}


def _plain(value: Any) -> Any:
    """As JSON holds it; the rules read amounts and days from text as well."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Decimal | date) else value


def _cap(cap: Cap) -> dict[str, str]:
    return {"code": cap.code, "per": cap.per, "top": f"{cap.top:.2f}"}


def _uses(uses: Uses) -> dict[str, Any]:
    """What a later claim has to know of this one, as it will be handed to the rules."""
    money = {"deducted": uses.deducted, "base": uses.base}
    told: dict[str, Any] = {key: f"{round_to_fen(value):.2f}" for key, value in money.items() if value is not None}
    return told | ({"days": uses.days} if uses.days is not None else {})


def submit_claim(*, claim: Claim, by: User, read_version: int) -> Claim:
    """Send the adjusted claim to approval; a claim that pays nothing is denied instead."""
    with moving(claim=claim, action="submit", by=by, read_version=read_version) as fresh:
        if not fresh.adjusted_fen:
            raise StepRefused("应赔金额为 0.00 元，不送审批；请写明原因后拒赔，或退回补正")
    return fresh


def approve_claim(*, claim: Claim, by: User, read_version: int, opinion: str = "") -> Claim:
    """Approve as a second person and use up the limits. The payout is computed once more under the lock."""
    try:
        with moving(claim=claim, action="approve", by=by, read_version=read_version, opinion=opinion) as fresh:
            if fresh.adjusted_by_id == by.pk:
                raise StepRefused("理算和核赔必须是两个人，请由另一位核赔人员审批")
            _refuse_other_terms(fresh)
            _refuse_second_sum(fresh)
            with system_scope("限额：逐人逐户的用量不分承保机构"):
                _use_limits(fresh)
            if to_fen(quote_claim(fresh).payable) != fresh.adjusted_fen:
                raise StepRefused("理算之后此人另有赔付获批，金额已变；请退回理算，重新计算")
            fresh.approved_by = by
    except IntegrityError as error:
        raise StepRefused("赔付将超过限额，没有批准；请退回理算，重新计算") from error
    return fresh


def revoke_approval(*, claim: Claim, by: User, read_version: int, opinion: str) -> Claim:
    """Take an approval back before it is paid, say for a wrong account; the limits get back what it used."""
    with moving(claim=claim, action="revoke", by=by, read_version=read_version, opinion=opinion) as fresh:
        with system_scope("限额：撤销审批，退还用量"):
            for held in limits_of(fresh):
                use = LimitUse.objects.filter(edition=fresh.edition, limit=held.code, holder=held.holder)
                use.update(used_fen=F("used_fen") - held.use)
        forget_adjustment(fresh)
    return fresh


def forget_adjustment(claim: Claim) -> None:
    """Back to before the adjustment: it has to be computed, sent and approved anew."""
    claim.adjusted_fen, claim.adjustment, claim.adjusted_by, claim.approved_by = None, {}, None, None


def _refuse_other_terms(claim: Claim) -> None:
    adjusted_with = claim.adjustment.get("terms", claim.edition.sha256)
    if adjusted_with != claim.edition.hash_on(claim.event_date):
        raise StepRefused(f"理算之后方案有了修订，{claim.event_date} 的条款已变；请退回理算，重新计算")


def _refuse_second_sum(claim: Claim) -> None:
    """Once approved it could be neither paid nor taken back; the payment's own constraint is the last reviewer."""
    if claim.is_due_once and any(paid["coverage"] == claim.coverage for paid in paid_before(claim)):
        raise StepRefused("这项待遇每人每年只赔一次，此人已有获批的案件；请核对后拒赔")


MOST_CODE = 60  # characters of LimitUse.limit


@dataclass(frozen=True)
class LimitHeld:
    """`top` and `use` in fen; of a benefit that is paid so many times, both in times."""

    code: str
    holder: str
    top: int
    use: int


def limits_of(claim: Claim) -> list[LimitHeld]:
    """The limits that this claim uses up, each with its holder and height as the adjustment found it."""
    caps, use = claim.adjustment.get("caps", []), claim.adjusted_fen or 0
    held = [LimitHeld(cap["code"], holder_of(claim, cap["per"]), to_fen(yuan(cap["top"])), use) for cap in caps]
    frequency = claim.terms.coverages[claim.coverage].frequency
    if frequency:
        code = f"times:{claim.coverage}"[:MOST_CODE]
        held.append(LimitHeld(code, holder_of(claim, frequency.per), int(frequency.times.value), 1))
    return sorted(held, key=lambda limit: (limit.code, limit.holder))  # one order of locks for everybody


def _use_limits(claim: Claim) -> None:
    for held in limits_of(claim):
        use, _ = LimitUse.objects.get_or_create(
            edition=claim.edition,
            limit=held.code,
            holder=held.holder,
            defaults={
                "limit_fen": held.top,
                "region_path": claim.region_path,
                "insurer_id": claim.insurer_id,
            },
        )
        # another class of house may have a higher limit than the claim that opened the count
        LimitUse.objects.filter(pk=use.pk, limit_fen__lt=held.top).update(limit_fen=held.top)
        # and an amendment may have lowered it since
        used = Q(used_fen__lte=F("limit_fen") - held.use) & Q(used_fen__lte=held.top - held.use)
        if not LimitUse.objects.filter(used, pk=use.pk).update(used_fen=F("used_fen") + held.use):
            use.refresh_from_db()
            raise StepRefused(_no_room(use, held))


def _no_room(use: LimitUse, held: LimitHeld) -> str:
    left = max(min(use.limit_fen, held.top) - use.used_fen, 0)
    if held.code.startswith("times:"):
        return f"最多赔 {held.top} 次，已经赔满，不能再批；请退回理算，重新计算"
    return f"限额只剩 {format_yuan(from_fen(left))} 元，不够赔付；请退回理算，重新计算"
