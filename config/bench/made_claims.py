"""Made claims in bulk for benchmarks: all coverages and townships, people with several claims, households, steps."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from django.conf import settings
from django.db import connection, transaction

from claims.models import Claim
from config.bench.measured import BenchRefused
from orgs.crypto import blind_index
from orgs.models import User
from orgs.scope import acting, scope_of, system_scope
from orgs.services.system_accounts import importer_of
from reports.what_if.past import PastClaim
from reports.what_if.trying import ProposedTerms
from schemes.models import Edition
from schemes.services import store_edition
from schemes.terms.model import Coverage, EditionTerms

PAST, PROPOSED = "wanzhou-2021", "bench-2022"
CHANGES = (  # a draft of the next year: other limits, sums and thresholds, another period and rate
    ("code: wanzhou-2021", f"code: {PROPOSED}"),
    ("number_prefix: WZ21", "number_prefix: BN22"),
    ('first: "2021-01-01", last: "2021-12-31"', 'first: "2022-01-01", last: "2022-12-31"'),
    ('"5000.00"', '"4000.00"'),
    ('"1000.00"', '"1500.00"'),
    ('"25000.00"', '"30000.00"'),
    ('"130.00"', '"150.00"'),
)
STEPS = ("report", "accept", "adjust", "submit", "approve", "pay", "close")
BATCH = 2_000
A_PERSON, A_HOUSEHOLD = 3, 9  # claims


def past_edition() -> Edition:
    """The edition of the made claims; the draft that is tried on them is stored beside it."""
    document = (settings.BASE_DIR / "fixtures" / "editions" / f"{PAST}.yaml").read_text(encoding="utf-8")
    for old, new in CHANGES:
        document = document.replace(old, new)
    with system_scope("bench"):
        past = Edition.objects.select_related("place").filter(code=PAST).first()
        if past is None:
            raise BenchRefused("还没有年度方案，请先 manage.py prepare")
        store_edition(document=document, name=f"{PROPOSED}.yaml", by=None)
    return past


def fill(rows: int) -> None:
    """Closed claims, paid as the past terms pay them in this order, each with its steps."""
    past = past_edition()
    by = importer_of(past.place)
    made = _claims(rows, past, by)
    with acting(scope_of(by)):
        while batch := list(islice(made, BATCH)):
            with transaction.atomic():
                Claim.objects.bulk_create(batch)
        _make_steps(past, by)


def _claims(rows: int, past: Edition, by: User) -> Iterator[Claim]:
    terms = past.terms
    paid = ProposedTerms(terms, terms.period)
    cases = [one for one in terms.examples if one.payable and "paid_before" not in one.document]
    townships = list(past.assignments.filter(insurer__isnull=False).select_related("township"))
    for n in range(rows):
        case, assignment = cases[n % len(cases)], townships[n // A_HOUSEHOLD % len(townships)]
        facts = _storable(case.document["facts"])
        coverage = terms.coverages[case.coverage]
        claim = Claim(
            number=f"BN-{n:06d}",
            edition=past,
            coverage=coverage.code,
            coverage_name=coverage.label,
            township=assignment.township,
            village=assignment.township,
            region_path=assignment.township.path,
            insurer_id=assignment.insurer_id,
            person_name="某人",
            id_number="",
            id_index=blind_index(f"bench {n // A_PERSON}"),
            household=f"H{n // A_HOUSEHOLD}",
            event_date=_decided_on(coverage, facts, terms),
            facts=facts,
            payee="insured",
            payee_name="某人",
            reporter="village",
            reporter_name="某干",
            reported_by=by,
        )
        claim.adjusted_fen = paid.outcome_of(_as_past(n, claim)).fen or 0
        claim.state = "closed" if claim.adjusted_fen else "denied"
        yield claim


def _storable(facts: object) -> dict[str, object]:
    """As a report stores them: dates as text."""
    if not isinstance(facts, dict):
        facts = dict(facts)  # type: ignore[call-overload]
    return {code: value.isoformat() if isinstance(value, date) else value for code, value in facts.items()}


def _decided_on(coverage: Coverage, facts: dict[str, object], terms: EditionTerms) -> date:
    stated = facts.get(coverage.decided_by)
    if not stated:
        stated = facts[coverage.decided_by] = terms.period.range.first.isoformat()
    return date.fromisoformat(str(stated))


def _as_past(n: int, claim: Claim) -> PastClaim:
    return PastClaim(
        n, claim.coverage, claim.township_id, claim.id_index, claim.household, claim.event_date, None, claim.facts
    )


def _make_steps(past: Edition, by: User) -> None:
    """Seven steps a claim in one statement: made one by one they would take longer than what is measured."""
    actions = " UNION ALL ".join(f"SELECT {at} AS nth, '{name}' AS action" for at, name in enumerate(STEPS))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO claims_claimstep
                    (claim_id, region_path, insurer_id, action, name, from_state, to_state, by_id, by_name, at, opinion)
                SELECT c.id, c.region_path, c.insurer_id, s.action, s.action, '', '', %s, '', c.reported_at, ''
                FROM claims_claim AS c CROSS JOIN ({actions}) AS s
                WHERE c.edition_id = %s ORDER BY c.id, s.nth""",  # noqa: S608 - our own names only
            [by.pk, past.pk],
        )
