"""The printed roster: who is on it, its sums, its code, its copies, who may have it."""

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from calc.id_number import mask_id
from enrollment.models import Enrollment, RosterPrint
from enrollment.services.confirming import sum_up_villages
from office.models import Job, StoredFile
from office.sweeping import sweep
from orgs.models import AuditEvent
from tests.cast import FAR, OWN, Cast, enrol, id_number, run_waiting_jobs, township, villages
from tests.ground import everything
from tests.papers.conftest import pdf_of


def printed(client, place, kind: str = "roster", copies: int = 2):
    return client.post(f"/prints/print/{kind}/", {"place": place.pk, "copies": copies})


def latest() -> RosterPrint:
    with everything():
        return RosterPrint.objects.select_related("file", "printed_by").first()


def checked(client, code: str) -> str:
    return re.sub(r"\s+", "", client.post("/prints/check/", {"code": code}).content.decode())


def test_it_has_everybody_by_village_with_full_numbers_and_sums(household, cast: Cast, login, words_of) -> None:
    client = login(cast.clerk)
    text = words_of(pdf_of(printed(client, township(OWN), copies=1), client))
    for wanted in (
        "万州区大周镇2021年巩固脱贫保参保名册", "万州扶组办发〔2021〕4号", "每人每年130.00元", id_number(1), id_number(4),
        "小计3人2户保费390.00元", "小计1人0户保费130.00元", "合计4人2户保费520.00元", "保费合计（大写）人民币伍佰贰拾元整",
        "乡镇人民政府（盖章）", "公安机关（盖章）", "主管部门（盖章）", "校验码" + latest().code + "第一份", "周某乡",
    ):  # fmt: skip
        assert wanted in text, wanted
    first, second = villages(OWN)[:2]
    assert text.index(first.name) < text.index("何某") < text.index("谭某华") < text.index("谭某珍"), "9组 before 10组"
    assert text.index("谭某珍") < text.index(second.name) < text.index("买买提·吐尔江")
    one = latest()
    assert (one.persons, one.households, one.premium_fen, one.copies, one.unprintable) == (4, 2, 52_000, 1, 0)


def test_each_copy_has_its_own_pages(cast: Cast, login, read_pdf) -> None:
    village = villages(OWN)[0]
    for n in range(1, 61):
        enrol(OWN, n, household=f"H{n}", village=village)
    client = login(cast.clerk)
    pages = read_pdf(pdf_of(printed(client, village), client)).removesuffix("\f").split("\f")
    half = len(pages) // 2
    assert half >= 2
    for at, page in enumerate(pages):
        copy, number = ("第一份", at + 1) if at < half else ("第二份", at - half + 1)
        words = re.sub(r"\s", "", page)
        assert f"第{number}页共{half}页" in words
        assert f"{latest().code}{copy}" in words
        assert "证件号码" in words, "the columns' names stand on every page"
    assert "村（居）民委员会（盖章）" in pages[half - 1]
    assert "村（居）民委员会（盖章）" in pages[-1]


def test_the_code_is_the_rosters_own(household, cast: Cast, login) -> None:
    """The same roster prints the same code; any change of a person another one; what isn't printed changes none."""
    client, place = login(cast.clerk), township(OWN)

    def code() -> str:
        printed(client, place)
        return latest().code

    first = code()
    assert first == code()
    with everything():
        Enrollment.objects.filter(pk=household[0].pk).update(phone="10000009999", bank="另一家")
    assert code() == first
    changes = [{"name": "谭某花"}, {"group": "8组"}, {"household": "H009"}, {"relation": "10"}, {"id_index": "a" * 32}]
    for change in changes:
        with everything():
            before = Enrollment.objects.filter(pk=household[1].pk).values(*change).get()
            Enrollment.objects.filter(pk=household[1].pk).update(**change)
        assert code() != first, change
        with everything():
            Enrollment.objects.filter(pk=household[1].pk).update(**before)
    assert code() == first


def test_a_code_tells_whether_the_paper_is_the_roster_of_today(household, cast: Cast, login) -> None:
    client, first = login(cast.clerk), villages(OWN)[0]
    printed(client, township(OWN))
    code = latest().code
    assert "与系统当前名册一致" in checked(client, code)
    wide = code.lower().translate({ord("-"): "－"} | {n: n + 0xFEE0 for n in range(0x30, 0x3A)})
    for typed in (code.lower(), code.replace("-", ""), wide, f" {code} "):
        assert "与系统当前名册一致" in checked(client, typed), typed
    enrol(OWN, 9, name="新某人", household="H009", village=first)
    with everything():
        Enrollment.objects.filter(pk=household[0].pk).update(name="谭某桦")
        Enrollment.objects.filter(pk=household[2].pk).update(removed_at=timezone.now())
    answer = checked(client, code)
    assert "系统里的名册在打印之后有变动" in answer
    assert "新增1人、减员1人、更正1人" in answer
    assert "与系统当前名册一致" not in answer
    assert "没有印过这个校验码的名册" in checked(client, "0000-0000")
    assert "没有印过这个校验码的名册" in checked(client, "不是码")


def test_a_reprint_of_the_same_content_still_tells_what_changed(household, cast: Cast, login) -> None:
    """The people are kept once; later prints find them."""
    client = login(cast.clerk)
    for _ in range(2):
        printed(client, township(OWN))
    with everything():
        assert [bool(one.snapshot) for one in RosterPrint.objects.order_by("id")] == [True, False]
        Enrollment.objects.filter(pk=household[2].pk).update(removed_at=timezone.now())
    answer = checked(client, latest().code)
    assert "减员1人" in answer
    assert "共印过2次" in answer


def test_a_foreign_code_answers_like_one_that_was_never_printed(household, cast: Cast, login) -> None:
    printed(login(cast.clerk), township(OWN))
    code = latest().code
    for reader in (cast.police, cast.authority, cast.auditor, cast.adjuster):
        assert "与系统当前名册一致" in checked(login(reader), code), reader.username
    for stranger in (cast.near_clerk, cast.far_clerk, cast.far_adjuster):
        answer = checked(login(stranger), code)
        assert "没有印过这个校验码的名册" in answer
        assert OWN not in answer.split("<main")[1], "nothing tells whose it is"


def test_printing_is_recorded_and_only_the_printer_opens_the_file(household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    response = printed(client, township(OWN))
    pdf_of(response, client)
    with everything():
        events = list(AuditEvent.objects.filter(action__startswith="paper.").order_by("id"))
        assert [event.action for event in events] == ["paper.print", "paper.fetch"]
        detail = events[0].detail
        file = StoredFile.objects.get(purpose=StoredFile.Purpose.EXPORT)
    assert (detail["persons"], detail["unmasked"], detail["code"]) == (4, True, latest().code)
    assert detail["sha256"] == file.sha256
    assert id_number(1).encode() not in b"".join(path.read_bytes() for path in _files()), "sealed at rest"
    for other in (cast.authority, cast.near_clerk, cast.adjuster):
        assert login(other).get(response["Location"]).status_code == 404


def _files() -> list[Path]:
    return list(Path(settings.FILES_DIR).rglob("*.sealed"))


def test_a_file_is_gone_after_a_day(household, cast: Cast, login) -> None:
    client = login(cast.clerk)
    response = printed(client, township(OWN))
    with everything():
        old = StoredFile.objects.get(purpose=StoredFile.Purpose.EXPORT)
        StoredFile.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(response["Location"]).status_code == 404
    sweep()
    with everything():
        assert not StoredFile.objects.filter(pk=old.pk).exists()
        assert RosterPrint.objects.count() == 1, "that it was printed stays on record"
    assert not any(old.uuid.hex in path.name for path in _files())


def test_a_large_roster_is_a_job_and_its_file_lies_with_the_order(cast: Cast, login, monkeypatch) -> None:
    monkeypatch.setattr("enrollment.services.printing.AT_ONCE", 1)
    for n in (1, 2):
        enrol(OWN, n)
    client = login(cast.clerk)
    order = printed(client, township(OWN))["Location"]
    assert "正在打印" in client.get(order).content.decode()
    (job,) = run_waiting_jobs()
    assert (job.state, job.result) == (Job.State.DONE, {"files": 1, "persons": 2})
    assert order in client.get("/jobs/").content.decode()
    page = client.get(order).content.decode()
    (file,) = re.findall(r"/prints/files/\d+/", page)
    assert client.get(file).content.startswith(b"%PDF-")
    assert login(cast.authority).get(order).status_code == 404


def test_a_job_of_somebody_who_lost_their_role_prints_nothing(cast: Cast, login, monkeypatch) -> None:
    monkeypatch.setattr("enrollment.services.printing.AT_ONCE", 0)
    enrol()
    printed(login(cast.clerk), township(OWN))
    cast.clerk.role = "certifier"
    cast.clerk.save(update_fields=["role"])
    (job,) = run_waiting_jobs()
    assert job.state in {Job.State.REFUSED, Job.State.FAILED}
    with everything():
        assert not RosterPrint.objects.exists()


@pytest.mark.parametrize("place", [FAR, "nowhere"])
def test_a_foreign_place_is_not_found(place: str, cast: Cast, login) -> None:
    enrol(FAR, 5)
    pk = township(FAR).pk if place == FAR else 999_999_999
    assert login(cast.clerk).post("/prints/print/roster/", {"place": pk}).status_code == 404


def test_the_full_numbers_are_for_those_whose_duty_the_step_is(household, cast: Cast, login) -> None:
    """Insurers print slips and leaflets; the roster with full numbers they take in their own layout."""
    for reader, wanted in ((cast.clerk, 302), (cast.authority, 302), (cast.adjuster, 404), (cast.auditor, 404)):
        assert printed(login(reader), township(OWN)).status_code == wanted, reader.username
    assert printed(login(cast.adjuster), township(OWN), "slips").status_code == 302


def test_a_rare_character_is_marked(cast: Cast, login, words_of) -> None:
    enrol(OWN, 1, name="谭𠮷华")
    client = login(cast.clerk)
    text = words_of(pdf_of(printed(client, township(OWN), copies=1), client))
    assert "谭〓华〔生僻字" in text
    assert "见系统〕" in text
    assert "第1号共1人的姓名里有字库印不出的字" in text
    assert latest().unprintable == 1


def test_a_household_number_that_could_be_somebodys_number_is_left_out(cast: Cast, login, words_of) -> None:
    enrol(OWN, 1, household=id_number(77))
    enrol(OWN, 2, household="h0123456789ab")
    client = login(cast.clerk)
    text = words_of(pdf_of(printed(client, township(OWN), copies=1), client))
    assert id_number(77) not in text
    assert "h0123456789ab" not in text
    assert mask_id(id_number(1)) not in text


@pytest.mark.long
def test_two_thousand_people_in_five_seconds(cast: Cast, login) -> None:
    people = crowd(2_000)
    assert len(people) == 2_000
    client = login(cast.clerk)
    started = time.perf_counter()
    printed(client, township(OWN))
    (job,) = run_waiting_jobs()
    assert job.state == Job.State.DONE
    assert time.perf_counter() - started <= 5


def crowd(n: int) -> list[Enrollment]:
    """So many people of one township, three to a household, over all its villages."""
    homes, model = villages(OWN), enrol(OWN, 1)
    people = []
    for at in range(2, n + 1):
        village = homes[at // 3 % len(homes)]
        people.append(
            Enrollment(
                edition=model.edition, township=model.township, village=village, region_path=village.path,
                insurer_id=model.insurer_id, name=f"谭某{'甲乙丙丁'[at % 4]}", initials="tm", id_number=id_number(at),
                id_index=f"{at:032x}", id_kind="resident", sex="m", household=f"H{at // 3:05d}", relation="02",
                group=f"{at % 9 + 1}组", content="x",
            )
        )  # fmt: skip
    with everything():
        Enrollment.objects.bulk_create(people, batch_size=500)
        sum_up_villages(model.edition_id, {village.pk for village in homes})
    return [model, *people]


def test_a_button_tells_how_much_it_prints(household, cast: Cast, login) -> None:
    client, village = login(cast.clerk), villages(OWN)[0]
    page = client.get("/prints/").content.decode()
    for label in ("打印参保名册（4 人）", "保险凭证（3 户）", "明白卡（按户，3 张）", "公示各村名单（2 个村，4 人）"):
        assert f"{label}</button>" in page, label
    assert "公示名单（" not in page, "nothing is posted yet"
    client.post("/prints/notices/", {"place": village.pk, "days": 7})
    page = client.get("/prints/").content.decode()
    assert "公示名单（1 个村，3 人）</button>" in page
    assert "公示各村名单（1 个村，1 人）</button>" in page
    assert "重新公示本村名单（3 人）</button>" in client.get("/prints/", {"place": village.pk}).content.decode()
    assert "点了就生成" in page
