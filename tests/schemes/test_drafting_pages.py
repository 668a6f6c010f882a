"""起草: an edition is copied, changed in forms and as text, compared and stored; nothing that was typed is lost."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orgs.models import AuditEvent
from schemes import drafting
from schemes.models import DraftText, Edition
from schemes.terms.loader import load_document
from tests.access.world import look
from tests.cast import COUNTY, EDITION, Cast
from tests.test_query_counts import asked

COPY = {
    "code": "wanzhou-2022", "title": "2022年度“巩固脱贫保”", "short_title": "2022年巩固脱贫保", "number_prefix": "WZ22",
    "first": "2022.1.1", "last": "20221231", "notice_title": "某办关于做好2022年度工作的通知", "notice_number": "某办发〔2022〕1号",
    "issued_on": "2022年2月1日", "issuer": "某办",
}  # fmt: skip
DEATH = "coverages.illness_death.pays.lump_sum.amount.value"
ACCEPTANCE = "deadlines.acceptance.working_days"


@pytest.fixture
def client_of(cast: Cast, login) -> Client:
    return login(cast.authority)


@pytest.fixture
def draft(cast: Cast, client_of: Client) -> DraftText:
    client_of.post(f"/drafts/copy/{EDITION}/", COPY)
    return DraftText.objects.get()


def form_of(client: Client, address: str) -> dict[str, str]:
    """The values of a page's form as a browser would send them back."""
    page = client.get(address).content.decode()
    inputs = re.findall(r'<input[^>]*name="((?:v:|version|read)[^"]*)"[^>]*value="([^"]*)"', page)
    areas = re.findall(r'<textarea[^>]*name="(v:[^"]*)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {unescape(name): unescape(value) for name, value in [*inputs, *areas]}


def value_at(draft: DraftText, key: str) -> str:
    draft.refresh_from_db()
    return next(place.written for place in load_document(draft.document, "x").places if place.key == key)


def test_last_years_edition_becomes_a_draft_that_passes(cast: Cast, client_of: Client) -> None:
    answer = client_of.post(f"/drafts/copy/{EDITION}/", COPY)
    draft = DraftText.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/drafts/{draft.pk}/")
    assert (draft.code, draft.problems, draft.source.code, draft.place.code) == ("wanzhou-2022", 0, EDITION, COUNTY)
    assert value_at(draft, "period.last") == "2022-12-31"
    with look():
        assert AuditEvent.objects.filter(action="edition.draft", actor=cast.authority).count() == 1


def test_a_copy_names_every_mistake_at_once_and_keeps_what_was_typed(cast: Cast, client_of: Client) -> None:
    wrong = COPY | {"code": EDITION, "number_prefix": "万州", "last": "2021-12-31", "issued_on": "二月", "issuer": ""}
    answer = client_of.post(f"/drafts/copy/{EDITION}/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    for sentence in (
        "已有人用，请换一个",
        "前缀“万州”应是大写字母",
        "早于第一天 2022-01-01",
        "日期「二月」看不懂",
        "请填发文机关",
    ):
        assert sentence in unescape(page), sentence
    assert 'value="二月"' in page
    assert not DraftText.objects.exists()


def test_a_figure_typed_as_people_type_it_is_written_as_the_document_does(draft: DraftText, client_of: Client) -> None:
    address = f"/drafts/{draft.pk}/?part=coverages"
    answer = client_of.post(address, form_of(client_of, address) | {f"v:{DEATH}": "１,２００"})
    assert answer.status_code == 302
    assert value_at(draft, DEATH) == "1200.00"
    assert draft.problems == 1, "the example of last year says 1000.00"


def test_saving_a_page_unchanged_changes_nothing(draft: DraftText, client_of: Client) -> None:
    before = (draft.document, draft.version)
    for part in ("basics", "premium", "coverages", "limits", "other", "wording"):
        address = f"/drafts/{draft.pk}/?part={part}"
        assert client_of.post(address, form_of(client_of, address)).status_code == 302
    draft.refresh_from_db()
    assert (draft.document, draft.version) == before


def test_a_wrong_figure_is_kept_and_told_beside_its_field(draft: DraftText, client_of: Client) -> None:
    address = f"/drafts/{draft.pk}/?part=coverages"
    client_of.post(address, form_of(client_of, address) | {f"v:{DEATH}": "一千二"})
    page = client_of.get(address).content.decode()
    assert 'value="一千二"' in page
    assert re.search(rf'id="v-{re.escape(DEATH)}-error">「一千二」看不懂', page)
    draft.refresh_from_db()
    assert draft.problems == 1


def test_a_trial_figure_becomes_a_real_one_and_its_reading_may_go(draft: DraftText, client_of: Client) -> None:
    address = f"/drafts/{draft.pk}/?part=limits"
    typed = {f"v:{ACCEPTANCE}.value": "3", f"v:{ACCEPTANCE}.interpretation.text": "", "settle": ACCEPTANCE}
    client_of.post(address, form_of(client_of, address) | typed)
    draft.refresh_from_db()
    deadline = load_document(draft.document, "x").terms.deadlines["acceptance"]
    assert (deadline.days.text, deadline.days.trial, deadline.days.interpretation) == ("3", False, None)


def test_two_people_on_one_draft_lose_nothing(cast: Cast, draft: DraftText, client_of: Client) -> None:
    address = f"/drafts/{draft.pk}/?part=limits"
    opened = form_of(client_of, address)
    other = "limits.accident_medical_maximum.amount.value"
    client_of.post(address, opened | {f"v:{other}": "8000"})
    answer = client_of.post(address, opened | {f"v:{ACCEPTANCE}.value": "5"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "刚保存过这份起草稿" in page
    assert re.search(rf'name="v:{re.escape(ACCEPTANCE)}.value" value="5"', page), "what I typed is there"
    assert re.search(rf'name="v:{re.escape(other)}" value="8000.00"', page), "and so is what the other saved"
    assert "现在保存着的是：2" in page
    assert value_at(draft, f"{ACCEPTANCE}.value") == "2"


def test_the_notices_words_follow_a_changed_clause(draft: DraftText, client_of: Client) -> None:
    address = f"/drafts/{draft.pk}/?part=wording"
    words = "疾病身故保险。脱贫人口因疾病身故，给予1200元的疾病身故保险金赔付。"
    client_of.post(address, form_of(client_of, address) | {"v:clauses.五（三）": words})
    draft.refresh_from_db()
    coverage = load_document(draft.document, "x").terms.coverages["illness_death"]
    assert (coverage.words, coverage.marks) == ("脱贫人口因疾病身故，给予1200元的疾病身故保险金赔付。", ("1200元",))


def test_examples_are_accepted_one_by_one(draft: DraftText, client_of: Client) -> None:
    address = f"/drafts/{draft.pk}/?part=coverages"
    student = "coverages.student_critical_illness.pays.lump_sum.amount.value"
    client_of.post(address, form_of(client_of, address) | {f"v:{DEATH}": "1200.00", f"v:{student}": "20000.00"})
    examples = f"/drafts/{draft.pk}/examples/"
    page = client_of.get(examples).content.decode()
    numbers = re.findall(r'name="accept" value="(\d+)"', page)
    assert len(numbers) == 3
    assert "1200.00" in page
    draft.refresh_from_db()
    client_of.post(examples, {"version": draft.version, "accept": numbers[0]})
    draft.refresh_from_db()
    assert draft.problems == 2
    terms = load_document(draft.document, "x").terms
    assert str(terms.examples[int(numbers[0]) - 1].payable) == "1200.00"
    assert client_of.post(examples, {"version": draft.version}).status_code == 422


def test_townships_go_to_another_insurer(draft: DraftText, client_of: Client) -> None:
    address = f"/drafts/{draft.pk}/insurers/"
    typed = {
        "version": draft.version,
        "drop_2": "on",
        "name_new1": "某财产保险股份有限公司万州支公司",
        "hotline_new1": "95500",
    }
    moved = load_document(draft.document, "x").terms.insurers[1].townships
    typed |= {f"t:{name}": "new1" for name in moved} | {"t:铁峰乡": "none"}
    assert client_of.post(address, typed).status_code == 302
    draft.refresh_from_db()
    terms = load_document(draft.document, "x").terms
    assert draft.problems == 0
    assert [(one.short_name, len(one.townships)) for one in terms.insurers] == [
        ("人保财险万州分公司", 20), ("平安财险万州中心支公司", 13), ("某财产保险股份有限公司万州支公司", 15),
    ]  # fmt: skip
    assert terms.not_taking_part.townships == ("高笋塘街道", "牌楼街道", "周家坝街道", "铁峰乡")
    unserved = {"version": draft.version} | {"t:铁峰乡": ""}
    client_of.post(address, unserved)
    assert "「铁峰乡」没有列入任何承保机构" in client_of.get(address).content.decode()


def test_a_broken_text_is_kept_with_its_messages_by_line(draft: DraftText, client_of: Client) -> None:
    address = f"/drafts/{draft.pk}/text/"
    broken = draft.document.replace('value: "1000.00", clause: 五（三）', "value: 1000, clause: 五（三）")
    line = broken[: broken.index("value: 1000,")].count("\n") + 1
    checked = client_of.post(address, {"version": draft.version, "document": broken, "act": "check"})
    assert f'data-line="{line}"' in checked.content.decode()
    assert "没有引号的数 1000" in checked.content.decode()
    draft.refresh_from_db()
    assert draft.problems == 0, "检查 keeps nothing"
    assert client_of.post(address, {"version": draft.version, "document": broken, "act": "save"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.document, draft.problems) == (broken, 1)
    answer = client_of.post(f"/drafts/{draft.pk}/store/", {"version": draft.version})
    assert answer.status_code == 422
    assert not Edition.objects.filter(code="wanzhou-2022").exists()


@pytest.mark.parametrize(
    "text", ["a: [", "- 1\n- 2", "edition: &x {code: *x}", "\t", "edition:\n  code: [x]\nclauses: 3\n"]
)
def test_a_text_that_is_no_edition_at_all_is_kept_or_refused_in_words(
    text: str, draft: DraftText, client_of: Client
) -> None:
    address = f"/drafts/{draft.pk}/text/"
    answer = client_of.post(address, {"version": draft.version, "document": text, "act": "save"})
    assert answer.status_code in (302, 422)
    for page in ("", "text/", "insurers/", "examples/", "compare/"):
        assert client_of.get(f"/drafts/{draft.pk}/{page}", follow=True).status_code == 200


def test_an_editor_that_was_overtaken_keeps_what_was_written(cast: Cast, draft: DraftText, client_of: Client) -> None:
    address = f"/drafts/{draft.pk}/text/"
    client_of.post(address, {"version": draft.version, "document": draft.document + "# 甲\n", "act": "save"})
    answer = client_of.post(address, {"version": draft.version, "document": draft.document + "# 乙\n", "act": "save"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "# 乙\n</textarea>" in page
    assert "-# 甲" in page
    draft.refresh_from_db()
    assert draft.document.endswith("# 甲\n")


def test_a_draft_that_passes_is_stored_for_a_second_person(cast: Cast, draft: DraftText, client_of: Client) -> None:
    answer = client_of.post(f"/drafts/{draft.pk}/store/", {"version": draft.version})
    assert (answer.status_code, answer["Location"]) == (302, "/editions/wanzhou-2022/")
    edition = Edition.objects.get(code="wanzhou-2022")
    assert (edition.state, edition.document) == ("draft", draft.document)
    assert client_of.post("/drafts/reopen/wanzhou-2022/")["Location"] == f"/drafts/{draft.pk}/"


def test_a_stale_page_stores_and_drops_nothing(draft: DraftText, client_of: Client) -> None:
    stale = {"version": draft.version, "name": draft.title}
    client_of.post(f"/drafts/{draft.pk}/text/", stale | {"document": draft.document + "# 甲\n", "act": "save"})
    assert client_of.post(f"/drafts/{draft.pk}/store/", stale).status_code == 409
    assert client_of.post(f"/drafts/{draft.pk}/drop/", stale).status_code == 409
    assert DraftText.objects.exists()


def test_a_draft_is_dropped_only_by_its_name(draft: DraftText, client_of: Client) -> None:
    assert client_of.post(f"/drafts/{draft.pk}/drop/", {"version": draft.version, "name": "x"}).status_code == 422
    assert (
        client_of.post(f"/drafts/{draft.pk}/drop/", {"version": draft.version, "name": draft.title}).status_code == 302
    )
    assert not DraftText.objects.exists()


def test_a_document_comes_in_pasted_or_as_a_file(cast: Cast, client_of: Client, edition: Edition) -> None:
    text = edition.document.replace("code: wanzhou-2021", "code: wanzhou-2030")
    client_of.post("/drafts/new/", {"text": "\ufeff" + text.replace("\n", "\r\n")})
    assert DraftText.objects.get().document == text
    again = client_of.post("/drafts/new/", {"file": SimpleUploadedFile("方案.yaml", text.encode())})
    assert "已有一份起草稿" in again.content.decode()
    assert client_of.post("/drafts/new/", {"file": SimpleUploadedFile("x", "年".encode("gb18030"))}).status_code == 422
    assert client_of.post("/drafts/new/", {}).status_code == 422
    client_of.post("/drafts/new/", {"file": SimpleUploadedFile("x.yaml", b"a: [")})
    assert DraftText.objects.filter(code="", title="（还读不出名称）").count() == 1


def test_another_countys_code_and_place_are_refused(cast: Cast, draft: DraftText, client_of: Client) -> None:
    foreign = cast.stranger.organization.region
    elsewhere = draft.document.replace(f'place: "{COUNTY}"', f'place: "{foreign.code}"')
    client_of.post(f"/drafts/{draft.pk}/text/", {"version": draft.version, "document": elsewhere, "act": "save"})
    draft.refresh_from_db()
    answer = client_of.post(f"/drafts/{draft.pk}/store/", {"version": draft.version})
    assert f"edition.place 写的是 {foreign.code}" in answer.content.decode()
    with pytest.raises(drafting.DraftRefused, match="不在您的辖区"):
        drafting.start_draft(document=draft.document, place=foreign, by=cast.authority)


def test_what_changed_is_shown_by_whom_it_concerns(draft: DraftText, client_of: Client) -> None:
    address = f"/drafts/{draft.pk}/?part=coverages"
    client_of.post(address, form_of(client_of, address) | {f"v:{DEATH}": "1200"})
    page = client_of.get(f"/drafts/{draft.pk}/compare/").content.decode()
    assert page.index("对参保人") < page.index("疾病身故") < page.index("+200.00元")
    assert "对各方" in page
    printed = client_of.get(f"/drafts/{draft.pk}/compare/pdf/")
    assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")


def test_two_editions_are_compared_by_anybody_who_sees_both(cast: Cast, edition: Edition, login) -> None:
    client, address = login(cast.clerk), f"/editions/{EDITION}/compare/"
    assert "没有更早的年度" in client.get(address).content.decode()
    document = edition.document.replace('value: "130.00"', 'value: "120.00"')
    earlier = Edition.objects.create(
        code="wanzhou-2020", scheme=edition.scheme, place=edition.place, title="2020年巩固脱贫保", document=document,
        first_day=edition.first_day.replace(year=2020), last_day=edition.last_day.replace(year=2020),
        state=Edition.State.PUBLISHED, sha256="0" * 64,
    )  # fmt: skip
    page = client.get(address).content.decode()
    assert "2020年巩固脱贫保" in page
    assert page.index("对财政") < page.index("+10.00元")
    assert "+10.00元" in client.get(f"{address}?old={earlier.code}").content.decode()
    assert client.get(f"{address}?old=no-such").status_code == 404
    assert client.get(f"{address}pdf/").content[:5] == b"%PDF-"


def test_the_list_of_drafts_asks_no_more_for_more_rows(cast: Cast, draft: DraftText, client_of: Client) -> None:
    few = asked(client_of, "/drafts/")
    for number in range(5):
        document = draft.document.replace("code: wanzhou-2022", f"code: wanzhou-3{number}")
        drafting.start_draft(document=document, place=draft.place, by=cast.authority, source=draft.source)
    assert (few, asked(client_of, "/drafts/")) == (7, 7)
