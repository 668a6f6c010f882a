"""Adjustment: the computed payout with its explanation, and the limits it uses once approved."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Q

from calc.money import format_yuan, from_fen, to_fen
from calc.trace import steps_to_json
from claims.history import holder_of, paid_before
from claims.models import Claim, LimitUse
from claims.services.moving import StepRefused, moving
from orgs.models import User
from orgs.scope import system_scope
from schemes.rules.payout import FactsRefused, Quote, quote
from schemes.terms.model import EditionTerms


class FactsDoNotCompute(StepRefused):
    """The claim's facts can't be computed; carries the sentences."""

    def __init__(self, refused: FactsRefused) -> None:
        self.problems = refused.problems
        super().__init__("；".join(problem.message for problem in refused.problems) + "。请退回补正")


def quote_claim(claim: Claim) -> Quote:
    """The payout as facts, earlier payments and terms of its deciding date stand now; FactsDoNotCompute otherwise."""
    return _quote(claim, claim.edition.terms_on(claim.event_date), paid_before(claim))


def recompute_claim(claim: Claim) -> Quote:
    """What the claim came to when it was adjusted: with the terms and earlier payments of that day, for ever."""
    kept = claim.adjustment.get("paid_before")
    return _quote(claim, claim.terms, paid_before(claim) if kept is None else kept)


def _quote(claim: Claim, terms: EditionTerms, paid: list[dict[str, Any]]) -> Quote:
    known = [earlier for earlier in paid if earlier["coverage"] in terms.coverages]  # an amendment may have ended one
    try:
        return quote(terms, claim.coverage, claim.facts, paid_before=known, complete=True)
    except FactsRefused as refused:
        raise FactsDoNotCompute(refused) from refused


def adjust_claim(*, claim: Claim, by: User, read_version: int) -> Claim:
    """Compute the payout and keep it with its explanation."""
    with moving(claim=claim, action="adjust", by=by, read_version=read_version) as fresh:
        forget_adjustment(fresh)  # and with it the terms of an earlier one
        paid = paid_before(fresh)
        answer = _quote(fresh, fresh.terms, paid)
        fresh.adjusted_fen = to_fen(answer.payable)
        fresh.adjustment = adjustment_of(answer) | _rests_on(fresh, paid)
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
    }


def _rests_on(claim: Claim, paid: list[dict[str, Any]]) -> dict[str, Any]:
    """What it takes to compute the same again: the terms by their hash, and what was paid before."""
    return {
        "terms": claim.edition.hash_on(claim.event_date),
        "paid_before": [earlier | {"amount": f"{earlier['amount']:.2f}"} for earlier in paid],
    }


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
                use.update(used_fen=F("used_fen") - (fresh.adjusted_fen or 0))
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


@dataclass(frozen=True)
class LimitHeld:
    code: str
    holder: str
    fen: int


def limits_of(claim: Claim) -> list[LimitHeld]:
    """The limits that this claim uses up, each with its holder and height."""
    terms = claim.terms
    held = []
    for code in terms.coverages[claim.coverage].limits:
        limit = terms.limits[code]
        if limit.per != "claim":
            figure = limit.amounts[str(claim.facts[limit.by])] if limit.by else limit.amount
            held.append(LimitHeld(code, holder_of(claim, limit.per), to_fen(figure.value)))
    return sorted(held, key=lambda limit: (limit.code, limit.holder))  # one order of locks for everybody


def _use_limits(claim: Claim) -> None:
    for held in limits_of(claim):
        use, _ = LimitUse.objects.get_or_create(
            edition=claim.edition,
            limit=held.code,
            holder=held.holder,
            defaults={
                "limit_fen": held.fen,
                "region_path": claim.region_path,
                "insurer_id": claim.insurer_id,
            },
        )
        # another class of house may have a higher limit than the claim that opened the count
        LimitUse.objects.filter(pk=use.pk, limit_fen__lt=held.fen).update(limit_fen=held.fen)
        # and an amendment may have lowered it since
        used = Q(used_fen__lte=F("limit_fen") - (claim.adjusted_fen or 0))
        used &= Q(used_fen__lte=held.fen - (claim.adjusted_fen or 0))
        room = LimitUse.objects.filter(used, pk=use.pk)
        if not room.update(used_fen=F("used_fen") + (claim.adjusted_fen or 0)):
            use.refresh_from_db()
            left = format_yuan(from_fen(max(min(use.limit_fen, held.fen) - use.used_fen, 0)))
            raise StepRefused(f"限额只剩 {left} 元，不够赔付；请退回理算，重新计算")
