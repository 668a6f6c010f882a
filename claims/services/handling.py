"""What insurer staff do with a claim beside its arithmetic: accept, return, deny, pay, close; and withdrawal."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from claims.models import Claim, Payment
from claims.services.adjusting import forget_adjustment
from claims.services.clock import start_clock
from claims.services.moving import StepRefused, moving
from orgs.models import User
from premiums.ledger import Account, post
from premiums.models import LedgerTransaction


def accept_claim(*, claim: Claim, by: User, read_version: int) -> Claim:
    """Accept; the deadline starts to run, unless it has run since the report."""
    with moving(claim=claim, action="accept", by=by, read_version=read_version) as fresh:
        start_clock(fresh, "accept", timezone.localdate())
    return fresh


def return_claim(*, claim: Claim, by: User, read_version: int, opinion: str) -> Claim:
    """Back to whoever reported it, with what is missing; the clock stops until it comes again."""
    with moving(claim=claim, action="return", by=by, read_version=read_version, opinion=opinion) as fresh:
        forget_adjustment(fresh)
        fresh.due_on = None
    return fresh


def rework_claim(*, claim: Claim, by: User, read_version: int, opinion: str) -> Claim:
    """Back to the adjuster: the approver does not agree."""
    with moving(claim=claim, action="rework", by=by, read_version=read_version, opinion=opinion) as fresh:
        forget_adjustment(fresh)
    return fresh


def deny_claim(*, claim: Claim, by: User, read_version: int, opinion: str) -> Claim:
    """Deny with a reason that the person is told."""
    with moving(claim=claim, action="deny", by=by, read_version=read_version, opinion=opinion) as fresh:
        fresh.due_on = None
    return fresh


def withdraw_claim(*, claim: Claim, by: User, read_version: int, opinion: str) -> Claim:
    """Withdraw at the person's wish."""
    with moving(claim=claim, action="withdraw", by=by, read_version=read_version, opinion=opinion) as fresh:
        fresh.due_on = None
    return fresh


def pay_claim(*, claim: Claim, by: User, read_version: int, paid_on: date, reference: str) -> Claim:
    """Record the payment and post it to the ledger. The database refuses a second payment of the same benefit."""
    if paid_on > timezone.localdate():
        raise StepRefused(f"支付日期 {paid_on} 还没有到，请填银行回单上的日期")
    if not reference.strip():
        raise StepRefused("请填银行流水号，以便核对回单")
    try:
        with moving(claim=claim, action="pay", by=by, read_version=read_version) as fresh:
            if fresh.approved_by_id == by.pk:
                raise StepRefused("审批和支付必须是两个人")
            if paid_on < fresh.event_date:
                raise StepRefused(f"支付日期 {paid_on} 早于出险日期 {fresh.event_date}，请填银行回单上的日期")
            _pay(fresh, by, paid_on, reference.strip())
            fresh.due_on = None
    except IntegrityError as error:
        raise StepRefused("这项待遇已经支付过，不能再付；请核对此人的其他案件") from error
    return fresh


def _pay(claim: Claim, by: User, paid_on: date, reference: str) -> None:
    with transaction.atomic():
        payment = Payment.objects.create(
            claim=claim,
            edition=claim.edition,
            region_path=claim.region_path,
            insurer_id=claim.insurer_id,
            coverage=claim.coverage,
            id_index=claim.id_index,
            once=claim.is_due_once,
            fen=claim.adjusted_fen,
            paid_on=paid_on,
            reference=reference,
            payee_name=claim.payee_name,
            payee_account=claim.payee_account,
            recorded_by=by,
        )
        fen = payment.fen
        post(
            kind=LedgerTransaction.Kind.CLAIM_PAYMENT,
            source=f"payment:{payment.pk}",
            edition=claim.edition,
            of=payment,
            fen_by_account={Account.CLAIMS_PAID: fen, Account.CLAIMS_BANK: -fen},
            by=by,
        )


def close_claim(*, claim: Claim, by: User, read_version: int) -> Claim:
    """Close a paid claim."""
    with moving(claim=claim, action="close", by=by, read_version=read_version) as fresh:
        pass
    return fresh
