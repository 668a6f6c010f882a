"""The grid over HTTP, as it is sent with and without script."""

import re

import pytest

from enrollment.models import Enrollment, RosterBatch, RosterConflict
from tests.cast import NEAR, OWN, Cast, enrol, id_number, township, villages
from tests.enrollment.batches import decided, waiting
from tests.enrollment.endorsing import agree, removal
from tests.ground import everything
from tests.lists.making import in_force, row_of
from tests.people.test_entering import village_clerk

pytestmark = pytest.mark.django_db
ADDRESS = "/roster/enter/"


def sent(*rows: dict[str, str], **more: str) -> dict[str, str]:
    fields = {f"{key}-{n}": value for n, row in enumerate(rows, start=1) for key, value in row.items()}
    return fields | {"rows": str(max(len(rows), 10)), "township": str(township(OWN).pk)} | more


def row(n: int, name: str = "谭某华", **more: str) -> dict[str, str]:
    return {"name": name, "id_number": id_number(n), "village": villages(OWN)[0].name} | more


def test_saving_goes_on_with_an_empty_grid_in_the_same_village(cast: Cast, login) -> None:
    client = login(cast.clerk)
    answer = client.post(ADDRESS, sent(row(1, group="3组"), next="yes"), follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain[0][0].startswith(ADDRESS)
    with everything():
        batch = RosterBatch.objects.get()
    assert f'新增 1 人，变更 0 人。<a href="/roster/import/{batch.pk}/">看这一批</a>' in text
    assert 'value="3组"' in text
    assert id_number(1) not in text
    shown = client.get(f"/roster/import/{batch.pk}/").content.decode()
    assert ("与现名册相比" in shown, "文件里" in shown) == (True, False), "nobody sent a file"


def test_a_wrong_row_stays_as_typed_with_its_reason_beside_the_cell(cast: Cast, login) -> None:
    text = login(cast.clerk).post(ADDRESS, sent(row(1), row(2, "谭某英", phone="123"), next="yes"))
    assert text.status_code == 422
    words = text.content.decode()
    assert 'id="id_phone-2-error"' in words
    assert 'href="#id_phone-2"' in words
    assert id_number(2) in words
    assert "仅保存正确的 1 行" in words
    with everything():
        assert not Enrollment.objects.exists()


def test_what_was_left_out_stays_to_be_put_right(cast: Cast, login) -> None:
    words = (
        login(cast.clerk).post(ADDRESS, sent(row(1), row(2, "谭某英", phone="123"), only_valid="yes")).content.decode()
    )
    assert ("新增 1 人" in words, id_number(2) in words, id_number(1) in words) == (True, True, False)


def test_agreeing_changes_only_the_rows_that_were_asked_about(cast: Cast, login) -> None:
    enrol(n=1)
    enrol(n=2, name="谭某英")
    client = login(cast.clerk)
    asked = client.post(ADDRESS, sent(row(1, group="9组"), next="yes"))
    assert (asked.status_code, "已在本乡镇名册上" in asked.content.decode()) == (422, True)
    again = client.post(ADDRESS, sent(row(1, group="9组"), row(2, "谭某英", group="9组"), may_change="1"))
    assert again.status_code == 422
    assert client.post(ADDRESS, sent(row(1, group="9组"), may_change="1")).status_code == 302
    with everything():
        assert list(Enrollment.objects.filter(group="9组").values_list("name", flat=True)) == ["谭某华"]


def test_a_block_is_taken_without_script(cast: Cast, login) -> None:
    """With its own header in another order, full-width digits, a column that is not kept and a cell of two lines."""
    village = villages(OWN)[0].name
    wide = id_number(1).translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
    block = f'序号\t身份证号码\t参保人姓名\t行政村\t备注\r\n1\t{wide}\t谭 某华\t{village}\t"甲\n乙"\r\n2\t{id_number(2)}\t阿某·古丽\t{village}\t\r\n'
    client = login(cast.clerk)
    filled = client.post(ADDRESS, sent(block=block, fill="yes")).content.decode()
    assert f'value="{id_number(1)}"' in filled
    with everything():
        assert not Enrollment.objects.exists()
    assert client.post(ADDRESS, sent(block=block, next="yes")).status_code == 302
    with everything():
        assert set(Enrollment.objects.values_list("name", flat=True)) == {"谭某华", "阿某·古丽"}


def test_ten_more_rows_keep_what_was_typed(cast: Cast, login) -> None:
    words = login(cast.clerk).post(ADDRESS, sent(row(1), more="yes")).content.decode()
    assert ('name="name-20"' in words, id_number(1) in words) == (True, True)


def test_a_county_chooses_the_township_first(cast: Cast, login) -> None:
    client = login(cast.authority)
    assert NEAR in client.get(ADDRESS).content.decode()
    assert 'name="name-1"' in client.get(f"{ADDRESS}?township={township(NEAR).pk}").content.decode()


def test_a_clerk_cannot_enter_elsewhere_by_the_form(cast: Cast, login) -> None:
    """The township of the form is passed over: a clerk has one."""
    login(cast.clerk).post(ADDRESS, sent(row(1)) | {"township": str(township(NEAR).pk)})
    with everything():
        assert {one.township for one in Enrollment.objects.all()} == {township(OWN)}


def test_a_villages_clerk_is_offered_their_own_village(cast: Cast, login) -> None:
    by = village_clerk()
    own, other = villages(OWN)[:2]
    client = login(by)
    words = client.get(ADDRESS).content.decode()
    assert (f'value="{own.name}"' in words, f'value="{other.name}"' in words) == (True, False)
    assert client.post(ADDRESS, sent(row(1, village=other.name))).status_code == 422
    assert client.post(ADDRESS, sent(row(1), next="yes")).status_code == 302
    with everything():
        person = Enrollment.objects.get()
    assert client.post(f"/roster/person/{person.pk}/edit/", form_of(person, group="5组")).status_code == 302
    assert client.get("/roster/").status_code == 200


def test_what_is_found_is_said_for_who_types(cast: Cast, login) -> None:
    """There is no file to mend, no preview and no list of conflicts on this page: what is said leads to its buttons."""
    enrol(NEAR, 1, name="谭某华")
    enrol(OWN, 2, name="谭某英")
    kept = enrol(NEAR, 3, name="谭某明")
    gone = enrol(OWN, 4, name="谭某故")
    agree(removal(gone, cast), cast.adjuster)
    in_force("dead", row_of(5), by=cast.authority)
    client = login(cast.clerk)
    client.post(ADDRESS, sent(row(3, kept.name), only_valid="yes"))
    decided(waiting()[0], "keep", cast.authority)
    rows = (row(1), row(2, "谭某缨"), row(3, kept.name), row(4, gone.name), row(5))
    answer = client.post(ADDRESS, sent(*rows, next="yes"))
    words = answer.content.decode()
    told = [re.search(rf'href="#id_{at}">([^<]+)<', words)[1] for at in (
        "id_number-1", "name-2", "id_number-3", "id_number-4", "id_number-5",
    )]  # fmt: skip
    assert answer.status_code == 422
    assert not [text for text in told if re.search("文件|导入后|本页|再传|导入不能", text)]
    assert told[0].endswith(
        "要由区县裁定；请核对号码，没有写错的，点下面的“送区县裁定”保存，结果以后在“名册导入”里打开这一批看"
    )
    assert "写错了请在这里改" in told[1]
    assert "请清空这一行；情况有变的，请联系区县主管部门" in told[2]
    assert "录入不能恢复参保，请清空这一行" in told[3]
    assert "更正名单后再录" in told[4]
    assert "保存 2 行，其中 2 行送区县裁定" in words
    client.post(ADDRESS, sent(*rows, only_valid="yes"))
    assert {case.name for case in waiting()} == {"谭某华", "谭某缨"}


# --- one person's particulars ---------------------------------------------------------------------------------------
def form_of(person: Enrollment, **changes: str) -> dict[str, str]:
    return {
        "name": person.name, "village": person.village.name, "group": person.group, "household_no": person.household,
        "relation": "户主", "phone": "", "bank": person.bank, "bank_account": "", "address": person.address,
        "version": str(person.version),
    } | changes  # fmt: skip


def test_a_person_moves_to_another_household_and_keeps_what_is_not_shown(cast: Cast, login) -> None:
    person = enrol(n=1)
    client = login(cast.clerk)
    answer = client.post(f"/roster/person/{person.pk}/edit/", form_of(person, household_no="H777", group="5组"))
    assert answer.status_code == 302, answer.content.decode()
    with everything():
        after = Enrollment.objects.get()
        assert (after.pk, after.household, after.group, after.version) == (person.pk, "H777", "5组", 2)
        assert (after.phone.reveal(), after.account.reveal()) == (person.phone.reveal(), person.account.reveal())
        assert RosterBatch.objects.get().kind == "entry"


def test_a_telephone_is_cleared_and_an_account_put_right(cast: Cast, login) -> None:
    person = enrol(n=1)
    form = form_of(person, phone="无", bank_account="６２１７０００００００００１２３４５６")
    assert login(cast.clerk).post(f"/roster/person/{person.pk}/edit/", form).status_code == 302
    with everything():
        after = Enrollment.objects.get()
        assert (after.name, after.phone.reveal(), after.account.reveal()) == ("谭某华", "", "6217000000000123456")


def test_another_name_waits_for_the_county_with_what_else_was_changed(cast: Cast, login) -> None:
    person = enrol(n=1)
    client, form = login(cast.clerk), form_of(person, name="谭某桦", group="5组")
    answer = client.post(f"/roster/person/{person.pk}/edit/", form, follow=True)
    assert "送区县裁定" in answer.content.decode()
    with everything():
        before, (conflict,) = Enrollment.objects.get(), RosterConflict.objects.all()
    assert (before.name, before.group, before.version, conflict.kind) == ("谭某华", "", 1, "other_name")
    decided(conflict, "rename", cast.authority)
    with everything():
        after = Enrollment.objects.get()
    assert (after.name, after.group, after.phone.reveal()) == ("谭某桦", "5组", person.phone.reveal())


def test_a_name_that_the_county_turned_down_is_not_asked_again(cast: Cast, login) -> None:
    person = enrol(n=1)
    client, form = login(cast.clerk), form_of(person, name="谭某桦")
    client.post(f"/roster/person/{person.pk}/edit/", form)
    decided(waiting()[0], "keep_name", cast.authority)
    again = client.post(f"/roster/person/{person.pk}/edit/", form)
    said = again.content.decode()
    assert (again.status_code, "已经裁定过，维持原来的登记，请照原来的填" in said, waiting()) == (422, True, [])


def test_an_edit_of_an_old_page_overwrites_nothing(cast: Cast, login) -> None:
    person = enrol(n=1)
    client = login(cast.clerk)
    assert client.post(f"/roster/person/{person.pk}/edit/", form_of(person, group="5组")).status_code == 302
    late = client.post(f"/roster/person/{person.pk}/edit/", form_of(person, group="6组"))
    assert (late.status_code, "刚被别人改过" in late.content.decode()) == (422, True)
    same = client.post(f"/roster/person/{person.pk}/edit/", form_of(person, group="5组", version="2"))
    assert (same.status_code, "没有改动" in same.content.decode()) == (422, True)


def test_a_wrong_edit_is_told_beside_its_field(cast: Cast, login) -> None:
    person = enrol(n=1)
    answer = login(cast.clerk).post(f"/roster/person/{person.pk}/edit/", form_of(person, phone="12"))
    assert (answer.status_code, 'id="id_phone-error"' in answer.content.decode()) == (422, True)
