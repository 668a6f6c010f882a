"""The job of a what-if: every counted claim of the past edition once more, under the proposed terms.

All is summed up in memory and written once, in the transaction that proves the fence: a worker that is killed half-way
leaves nothing behind, and the next one begins anew.
"""

import time
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from calc.dates import DateRange
from calc.money import from_fen, round_to_fen, to_fen
from claims.history import PREMIUM_TOTAL
from enrollment.models import VillageTotal
from office.jobs import JobRefused, Progress
from office.models import Job
from orgs.audit import record
from orgs.models import Region, User
from orgs.permissions import may
from orgs.scope import acting, scope_of, system_scope, visible
from reports.models import WhatIf
from reports.what_if.past import PastClaims
from reports.what_if.result import COUNTS
from reports.what_if.tallying import Count, Tally
from reports.what_if.trying import ProposedTerms, Reason
from schemes.in_force import offered_coverages
from schemes.models import Edition, TermsRecord
from schemes.rules.premium import Heads, HeadsRefused, premium_of
from schemes.terms.cache import BrokenTerms
from schemes.terms.model import EditionTerms, Period

State = WhatIf.State


def compute_what_if(job: Job, progress: Progress) -> dict[str, Any]:
    """The handler; safe to run twice. What it gives back are the sums of all claims."""
    by, pk = job.requested_by, job.target_id or 0
    try:
        return _compute(_read(pk, by), by, progress)
    except JobRefused as refused:
        _stop(pk, str(refused))
        raise


def _given_up(job: Job) -> None:
    _stop(job.target_id or 0, "处理中出错，没有做完；请重新测算")


compute_what_if.given_up = _given_up  # type: ignore[attr-defined]


def _read(pk: int, by: User) -> WhatIf:
    """The what-if, if whoever asked may still have it, and sees what they saw then."""
    with acting(scope_of(by)):
        rows = visible(WhatIf, by).select_related("past", "proposed", "amendment__edition")
        what_if = rows.filter(pk=pk, region_path=scope_of(by).region_path).first()
    if what_if is None or not may(by, "edition.what_if"):
        raise JobRefused("提出测算的人已停用、调动或不再负责方案，没有测算；请由现在的经办人重新提出")
    return what_if


def _compute(what_if: WhatIf, by: User, progress: Progress) -> dict[str, Any]:
    if what_if.state == State.DONE:
        progress.hold()
        return _totals(what_if.result)
    proposed = _proposed(what_if)
    run = _Run(what_if.past, terms_to_try(proposed), by, progress)
    result = run.result()
    with transaction.atomic(), acting(scope_of(by)):
        progress.hold()
        what_if.state, what_if.result, what_if.finished_at = State.DONE, result, timezone.now()
        what_if.proposed_sha256 = proposed.sha256
        what_if.save(update_fields=["state", "result", "finished_at", "proposed_sha256"])
        record("edition.what_if_done", by=by, target=what_if, **_totals(result), seconds=run.seconds)
    return _totals(result)


def _proposed(what_if: WhatIf) -> TermsRecord:
    if what_if.terms_record is None:
        raise JobRefused("要测算的草稿已被删除，没有测算；请另选一个")
    return what_if.terms_record


def terms_to_try(proposed: TermsRecord) -> EditionTerms:
    """The terms as they stand now; JobRefused where the draft doesn't read."""
    try:
        return proposed.terms
    except BrokenTerms as broken:
        raise JobRefused(f"“{proposed}”还没有通过核对，不能测算；请先改好再来") from broken


def _totals(result: dict[str, Any]) -> dict[str, int]:
    return {name: sum(cell[name] for cell in result["cells"]) for name in COUNTS}


def _stop(pk: int, message: str) -> None:
    with system_scope("测算没有做完"):  # whoever asked may no longer see anything
        WhatIf.objects.filter(pk=pk, state=State.WAITING).update(state=State.STOPPED, refusal=message[:300])


@dataclass
class _Run:
    """One pass over the claims."""

    past: Edition
    terms: EditionTerms
    by: User
    progress: Progress
    tally: Tally = field(default_factory=Tally)
    done: int = 0
    seconds: float = 0.0
    heads: Heads = field(default_factory=Heads)

    def result(self) -> dict[str, Any]:
        started = time.perf_counter()
        self.progress.stage("排定获批先后")
        counted, denied = self._claims("counted"), self._claims("denied")
        self.heads = self._heads()
        proposed = ProposedTerms(self.terms, self.period, self._state())
        self.progress.stage("逐案测算", total=len(counted) + len(denied))
        self._try_all(counted, proposed, self.tally.count)
        self._try_all(denied, proposed, self.tally.count_denied)  # after all others: they take no one's limit away
        self.progress.stage("汇总")
        self.seconds = round(time.perf_counter() - started, 3)
        return self._document()

    def _claims(self, which: str) -> PastClaims:
        asks = any(coverage.follow_on for coverage in self.terms.coverages.values())
        return PastClaims(self.past, self.by, which, days_of_payment=asks)

    @property
    def period(self) -> Period:
        """That of the past edition as its row has it: its document may be older than its last day."""
        return replace(self.past.terms.period, range=DateRange(self.past.first_day, self.past.last_day))

    def _try_all(self, claims: PastClaims, proposed: ProposedTerms, count: Count) -> None:
        for chunk in claims.chunks():
            for claim in chunk:
                count(claim, proposed.outcome_of(claim))
            self.done += len(chunk)
            self.progress.advance(self.done)

    def _document(self) -> dict[str, Any]:
        townships = {township for _, township in self.tally.cells}
        regions = Region.objects.filter(pk__in=townships).order_by("path").values("id", "name")
        return {
            "cells": self.tally.document(),
            "coverages": self._coverages(),
            "townships": list(regions),
            "reasons": self._reasons(),
            "premium": self._premium(),
            "unchecked": self._unchecked(),
            "period": str(self.period.range),
        }

    def _coverages(self) -> list[dict[str, str]]:
        """Those of the past edition, amendments' among them, in its order; then those only in the proposed terms."""
        old, new = offered_coverages(self.past), self.terms.coverages
        stored = {code for code, _ in self.tally.cells}
        codes = dict.fromkeys([*old, *new, *sorted(stored)])
        return [{"code": code, "label": self._label(code), "side": _side(code in old, code in new)} for code in codes]

    def _label(self, coverage: str) -> str:
        found = offered_coverages(self.past).get(coverage) or self.terms.coverages.get(coverage)
        return found.label if found else coverage

    def _reasons(self) -> list[dict[str, Any]]:
        ordered = sorted(self.tally.reasons.items(), key=lambda item: (-item[1], item[0]))
        return [
            {
                "group": "uncomputed" if reason.kind in {"missing", "unreadable"} else "unpaid",
                "coverage": self._label(reason.coverage),
                "text": _text(reason, self.terms),
                "n": n,
            }
            for reason, n in ordered
        ]

    def _heads(self) -> Heads:
        """Persons and households of the past edition's roster."""
        with acting(scope_of(self.by)):
            totals = visible(VillageTotal, self.by).filter(edition=self.past)
            return Heads(**totals.aggregate(persons=Sum("persons", default=0), households=Sum("households", default=0)))

    def _state(self) -> dict[str, Any]:
        """What the proposed terms' limits may go by: the total premium that the roster would pay."""
        premium = _premium_fen(self.terms, self.heads)
        return {PREMIUM_TOTAL: from_fen(premium)} if premium and PREMIUM_TOTAL in self.terms.state else {}

    def _premium(self) -> dict[str, int] | None:
        """None where the premium stays as it is, or goes by numbers that the roster doesn't tell."""
        old, new = (_premium_fen(terms, self.heads) for terms in (self.past.terms, self.terms))
        if old is None or new is None or old == new:
            return None
        return {"persons": self.heads.persons, "old_fen": old, "new_fen": new}

    def _unchecked(self) -> list[str]:
        """Limits that go by figures of the edition which nobody has told."""
        unknown = self.terms.state.keys() - self._state().keys()
        return [limit.label for limit in self.terms.limits.values() if unknown & set(limit.facts)]


def _premium_fen(terms: EditionTerms, heads: Heads) -> int | None:
    """None where the premium goes by numbers that the roster doesn't tell."""
    try:
        return to_fen(round_to_fen(premium_of(terms, heads)))
    except HeadsRefused:
        return None


def _side(in_old: bool, in_new: bool) -> str:
    return "both" if in_old and in_new else "new" if in_new else "old"


def _text(reason: Reason, terms: EditionTerms) -> str:
    """A sentence of the terms' own words."""
    fact = terms.all_facts.get(reason.about)
    label = fact.label if fact else "案件事实"
    return {
        "gone": "新条款没有这项保障责任",
        "once": f"新条款每人每年只赔一次（{reason.about}），此前已赔",
        "not_covered": f"不符合新条款的条件（{reason.about}）",
        "nothing_left": f"按新条款没有可赔的余额，或限额已用完（{reason.about}）",
        "missing": f"新条款要用「{label}」，原案件没有",
        "unreadable": f"原案件的「{label}」与新条款不合",
    }[reason.kind]
