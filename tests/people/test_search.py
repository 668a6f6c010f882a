"""Names as people have them: dots of every kind, rare characters, two characters of a given name, initials."""

from base64 import urlsafe_b64decode

import pytest
from django.contrib.sessions.models import Session

from enrollment.search import MOST_COUNTED, parse_query
from tests.cast import NEAR, OWN, Cast, enrol
from tests.people.test_entering import enter, row

pytestmark = pytest.mark.django_db
NAMES = ("谭某华", "谭某英", "李某华", "欧阳某华", "阿某·买买提", "覃某𬱖", "向某\ue82d", "谭某")


@pytest.fixture
def roster(cast: Cast):
    for n, name in enumerate(NAMES, start=1):
        enrol(OWN, n, name=name, household=f"H{n:03}")
    enrol(NEAR, 50, name="谭某华")


def found(client, text: str) -> set[str]:
    client.post("/roster/search/", {"q": text})
    body = client.get("/roster/").content.decode()
    return {name for name in NAMES if f">{name}</a></th>" in body}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("谭某华", {"谭某华"}),
        ("谭", {"谭某华", "谭某英", "谭某"}),
        ("谭某", {"谭某华", "谭某英", "谭某"}),
        ("某华", {"谭某华", "李某华", "欧阳某华"}),
        ("买提", {"阿某·买买提"}),
        ("阿某•买买提", {"阿某·买买提"}),
        ("阿某 ‧ 买", {"阿某·买买提"}),
        ("覃某𬱖", {"覃某𬱖"}),
        ("某𬱖", {"覃某𬱖"}),
        ("某\ue82d", {"向某\ue82d"}),
        ("tmh", {"谭某华"}),
        ("my", {"谭某英"}),
        ("mmt", {"阿某·买买提"}),
        ("谭%", set()),
        ("某_", set()),
        ("\U0010ffff", set()),
        ("\ud7ff", set()),
    ],
)
def test_a_name_is_found_by_its_beginning_or_its_given_name(
    text: str, names: set[str], roster, cast: Cast, login
) -> None:
    assert found(login(cast.clerk), text) == names


def test_names_of_every_spelling_are_kept_alike(cast: Cast) -> None:
    answer = enter(cast.clerk, row(1, "阿某•买买提"), row(2, "阿某・买买 提"), row(3, "𠮷某𬱖"))
    assert answer.counts["new"] == 3
    assert {one.value for one in map(parse_query, ("阿某．买买提", "阿某·买买提")) if one} == {"阿某·买买提"}


def test_a_search_counts_no_further_than_anybody_reads(cast: Cast, login, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("enrollment.search", "enrollment.views.roster"):
        monkeypatch.setattr(f"{name}.MOST_COUNTED", 2)
    for n in range(1, 5):
        enrol(OWN, n)
    client = login(cast.clerk)
    client.post("/roster/search/", {"q": "谭某"})
    body = client.get("/roster/").content.decode()
    assert "超过 2 人，请写全一些" in body
    assert MOST_COUNTED == 300


def test_a_group_and_a_household_narrow_the_list(cast: Cast, login) -> None:
    for n, group in enumerate(("1组", "2组", "2组"), start=1):
        enrol(OWN, n, name=f"谭某{'甲乙丙'[n - 1]}", household=f"H{n}", group=group)
    client = login(cast.clerk)
    second = client.get("/roster/?group=2组").content.decode()
    assert ("谭某甲" in second, "谭某乙" in second, "共 2 条" in second) == (False, True, True)
    assert "谭某丙" in client.get("/roster/?group=2组&household=H3").content.decode()
    assert "谭某丙" not in client.get("/roster/?group=2组&household=H2").content.decode()


def test_what_is_looked_for_is_sealed_and_writes_nothing(cast: Cast, login) -> None:
    client = login(cast.clerk)
    client.post("/roster/search/", {"q": "谭某英"})
    cookie = client.cookies["roster_search"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert b"\xe8\xb0\xad" not in urlsafe_b64decode(cookie.value), "a name in clear"
    assert "谭某英" in client.get("/roster/").content.decode()
    client.post("/roster/search/", {"q": "谭" * 5_000})
    assert len(client.cookies["roster_search"].value) < 2_000
    stored = " ".join(session.session_data for session in Session.objects.all())
    assert "roster_search" not in stored


def test_a_kept_search_opens_for_its_person_and_its_list_alone(cast: Cast, login) -> None:
    own = login(cast.clerk)
    own.post("/roster/search/", {"q": "谭某英"})
    kept = own.cookies["roster_search"].value
    own = login(cast.near_clerk)
    own.cookies["roster_search"] = kept
    assert "谭某英" not in own.get("/roster/").content.decode()
    own = login(cast.clerk)
    own.cookies["roster_search"] = kept
    assert "谭某英" in own.get("/roster/").content.decode()
    own.cookies["claim_search"] = own.cookies["roster_search"].value
    assert "谭某英" not in own.get("/claims/").content.decode()
    for nonsense in ("", "x", "AAAA", "%00", own.cookies["roster_search"].value[:-4]):
        own.cookies["roster_search"] = nonsense
        assert own.get("/roster/").status_code == 200
