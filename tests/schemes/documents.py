"""Documents for the tests of an edition's life, made from Wanzhou's."""

from datetime import date

from schemes.models import Amendment, Edition
from schemes.services import (
    check_amendment,
    check_edition_draft,
    draft_amendment,
    publish_amendment,
    publish_edition,
    store_amendment,
    store_edition,
)
from tests.cast import Cast
from tests.rules.editions import WANZHOU, text_of

JULY = date(2021, 7, 1)
RATE = 'rate: {value: "130.00", clause: 三}'
MADE_UP = 'rate: {value: "130.00", clause: 三, trial: true}'


def document(code: str = "wanzhou-test", *changes: tuple[str, str]) -> str:
    """Wanzhou's document under another code, with parts of it changed."""
    text = text_of(WANZHOU).replace("code: wanzhou-2021", f"code: {code}", 1)
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def year_after() -> str:
    """2022's document: the same with its dates a year later; examples that hang on a day are moved with it."""
    return document("wanzhou-2022").replace("2021-", "2022-").replace("1998-", "1999-")


# 意外医疗 up to 8,000.00 in place of 5,000.00; the example that ran into the limit comes to more
RAISED = (
    ('amount: {value: "5000.00", clause: 五（一）}', 'amount: {value: "8000.00", clause: 五（一）}'),
    ('payable: "1800.00"', 'payable: "2500.00"'),
)


def drafted(cast: Cast, text: str = "") -> Edition:
    return store_edition(document=text or document(), name="test.yaml", by=cast.authority)


def checked(cast: Cast, text: str = "") -> Edition:
    return check_edition_draft(edition=drafted(cast, text), by=cast.authority)


def published(cast: Cast, text: str = "") -> Edition:
    return publish_edition(edition=checked(cast, text), by=cast.second_authority)


def amendment_of(edition: Edition, cast: Cast, *changes: tuple[str, str], day: date = JULY) -> Amendment:
    """A draft with the terms in force on its day, changed."""
    amendment = draft_amendment(edition=edition, effective_from=day, reason="限额提高", by=cast.authority)
    text = amendment.document
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return store_amendment(amendment=amendment, document=text, by=cast.authority, read_version=amendment.version)


def amended(edition: Edition, cast: Cast, *changes: tuple[str, str], day: date = JULY) -> Amendment:
    amendment = check_amendment(amendment=amendment_of(edition, cast, *changes, day=day), by=cast.authority)
    return publish_amendment(amendment=amendment, by=cast.second_authority)
