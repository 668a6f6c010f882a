"""Who looks after which village."""

from enrollment.models import VillageKeeper
from orgs.models import AuditEvent
from tests.cast import NEAR, OWN, Cast, enrol, villages
from tests.ground import everything

PHONE = "10000654321"


def form(number: int = 0, place: str = OWN, **changes: str) -> dict[str, object]:
    return {"village": villages(place)[number].pk, "kind": "village", "name": "专某干", "phone": PHONE} | changes


def test_a_keeper_is_entered_shown_and_ended(cast: Cast, login) -> None:
    client = login(cast.clerk)
    assert "没有专干" in client.get("/progress/").content.decode()
    client.post("/progress/keepers/", form())
    with everything():
        keeper = VillageKeeper.objects.get()
        assert (keeper.phone.reveal(), keeper.insurer_id) == (PHONE, cast.adjuster.organization_id)
    page = client.get("/progress/keepers/").content.decode()
    assert "专某干" in page
    assert PHONE not in page
    assert "专某干" in client.get("/progress/").content.decode()
    client.post(f"/progress/keepers/{keeper.pk}/end/")
    assert "专某干" not in client.get("/progress/part/").content.decode()
    assert "已经停用" in client.post(f"/progress/keepers/{keeper.pk}/end/", follow=True).content.decode()
    with everything():
        assert VillageKeeper.objects.get().ended_at is not None
        events = list(
            AuditEvent.objects.filter(action__startswith="keeper.").order_by("id").values_list("action", flat=True)
        )
    assert events == ["keeper.enter", "keeper.end"]


def test_groups_of_the_roster_that_nobody_keeps_stand_out(cast: Cast, login) -> None:
    for n, group in ((1, "1组"), (2, "2组")):
        enrol(OWN, n, group=group)
    client = login(cast.clerk)
    client.post("/progress/keepers/", form(kind="group", group="1组", name="协某管"))
    page = client.get("/progress/keepers/").content.decode()
    assert '<td class="wide-cell full" data-label="没有协管员的组">2组</td>' in page


def test_groups_stand_in_the_order_of_their_numbers(cast: Cast, login) -> None:
    for n, group in enumerate(("11组", "4组", "10组", "9组"), start=1):
        enrol(OWN, n, group=group)
    client = login(cast.clerk)
    assert ">4组、9组、10组、11组</td>" in client.get("/progress/keepers/").content.decode()
    for group, name in (("11组", "协某甲"), ("4组", "协某乙")):
        client.post("/progress/keepers/", form(kind="group", group=group, name=name))
    page = client.get("/progress/keepers/").content.decode()
    assert page.index("协某乙") < page.index("协某甲")


def test_what_is_wrong_is_said_beside_the_field(cast: Cast, login) -> None:
    client = login(cast.clerk)
    for change, sentence in (
        ({"kind": "group"}, "要写明哪个组"),
        ({"phone": "123"}, "不是 11 位手机号"),
        ({"name": "专@干"}, "含有姓名里不该有的字符"),
        ({"village": str(villages(NEAR)[0].pk)}, "选择"),
    ):
        answer = client.post("/progress/keepers/", form() | change)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True), sentence
    client.post("/progress/keepers/", form())
    assert "已经登记了" in client.post("/progress/keepers/", form()).content.decode()


def test_another_township_s_keeper_is_not_there(cast: Cast, login) -> None:
    login(cast.near_clerk).post("/progress/keepers/", form(place=NEAR))
    with everything():
        keeper = VillageKeeper.objects.get()
    assert login(cast.clerk).post(f"/progress/keepers/{keeper.pk}/end/").status_code == 404
    assert "专某干" not in login(cast.clerk).get("/progress/part/").content.decode()
