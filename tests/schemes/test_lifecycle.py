"""Draft → checked → published by a second person; what is made up is not published where people are really insured."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from orgs.models import AuditEvent
from orgs.scope import visible
from orgs.versions import EditConflict
from schemes.models import Edition
from schemes.services import EditionRefused, TrialFiguresLeft, check_edition_draft, publish_edition, store_edition
from schemes.terms.loader import load_document
from schemes.trial_figures import blocking_trials, warning_trials
from schemes.workflow import MAIN_PATH, TRANSITIONS
from tests.cast import EDITION, Cast
from tests.ground import everything
from tests.rules.editions import WANZHOU, text_of
from tests.schemes.documents import MADE_UP, RATE, checked, document, drafted, published, year_after


def test_the_table_leads_from_draft_to_published_and_never_back() -> None:
    assert MAIN_PATH == ("draft", "checked", "published")
    assert not any("published" in step.sources for step in TRANSITIONS)


def test_three_steps_by_two_people_each_on_record(cast: Cast) -> None:
    edition = published(cast)
    people = (edition.drafted_by, edition.checked_by, edition.published_by)
    assert people == (cast.authority, cast.authority, cast.second_authority)
    assert edition.state == "published"
    assert edition.drafted_at <= edition.checked_at <= edition.published_at
    with everything():
        events = AuditEvent.objects.filter(target_id=edition.pk, action__startswith="edition.").order_by("id")
        assert [event.action for event in events] == ["edition.store", "edition.check", "edition.publish"]


def test_whoever_drafted_does_not_publish(cast: Cast) -> None:
    with pytest.raises(EditionRefused, match="由另一个人"):
        publish_edition(edition=checked(cast), by=cast.authority)


def test_the_database_refuses_it_as_well(cast: Cast) -> None:
    edition = checked(cast)
    edition.state, edition.published_by = "published", cast.authority
    with pytest.raises(IntegrityError), transaction.atomic():
        edition.save()


def test_whoever_stored_it_last_counts_as_its_drafter(cast: Cast) -> None:
    drafted(cast)
    text = document("wanzhou-test", ("title: 受理天数", "title: 受理的天数"))
    again = store_edition(document=text, name="again.yaml", by=cast.second_authority)
    again = check_edition_draft(edition=again, by=cast.second_authority)
    with pytest.raises(EditionRefused, match="由另一个人"):
        publish_edition(edition=again, by=cast.second_authority)
    assert publish_edition(edition=again, by=cast.authority).is_published


def test_a_draft_is_not_published_unchecked(cast: Cast) -> None:
    with pytest.raises(EditionRefused, match="“已检查”时才能发布"):
        publish_edition(edition=drafted(cast), by=cast.second_authority)


def test_a_change_makes_a_draft_of_what_was_checked(cast: Cast) -> None:
    edition = checked(cast)
    same = store_edition(document=document(), name="same.yaml", by=cast.second_authority)
    assert (same.state, same.version) == ("checked", edition.version)
    other = document("wanzhou-test", ("title: 受理天数", "title: 受理的天数"))
    changed = store_edition(document=other, name="other.yaml", by=cast.authority)
    assert (changed.state, changed.checked_by, changed.checked_at) == ("draft", None, None)
    with pytest.raises(EditConflict):
        publish_edition(edition=check_edition_draft(edition=changed, by=None), by=cast.second_authority,
                        read_version=edition.version)  # fmt: skip


def test_only_what_passes_with_its_examples_is_checked(cast: Cast) -> None:
    wrong = document("wanzhou-test", ('payable: "50000.00"', 'payable: "50000.01"'))
    edition = drafted(cast, wrong)
    with pytest.raises(EditionRefused, match="意外身故，全额") as refused:
        check_edition_draft(edition=edition, by=cast.authority)
    assert "50000.00" in refused.value.sentences[0]
    edition.refresh_from_db()
    assert (edition.state, edition.checked_at) == ("draft", None)
    with pytest.raises(EditionRefused):
        publish_edition(edition=edition, by=None)


def test_pressed_twice_is_once(cast: Cast) -> None:
    edition = checked(cast)
    assert check_edition_draft(edition=edition, by=cast.second_authority).checked_by == cast.authority
    first = publish_edition(edition=edition, by=cast.second_authority)
    again = publish_edition(edition=edition, by=cast.second_authority)
    assert (again.version, again.published_at) == (first.version, first.published_at)


@pytest.mark.parametrize("who", ["clerk", "finance", "adjuster", "auditor", "administrator", "stranger"])
def test_only_the_authority_of_the_place_takes_a_step(cast: Cast, who: str) -> None:
    by, edition = getattr(cast, who), checked(cast)
    for step in (
        lambda: store_edition(document=document(), name="x.yaml", by=by),
        lambda: check_edition_draft(edition=edition, by=by),
        lambda: publish_edition(edition=edition, by=by),
    ):
        with pytest.raises(EditionRefused, match="不能办理"):
            step()


def test_a_code_in_use_elsewhere_is_not_taken_over(cast: Cast) -> None:
    edition = drafted(cast)
    Edition.objects.filter(pk=edition.pk).update(place=cast.stranger.organization.region)
    with pytest.raises(EditionRefused, match="已有别处在用"):
        store_edition(document=document(), name="x.yaml", by=cast.authority)


def test_drafts_are_seen_by_who_drafts(cast: Cast, login) -> None:
    edition = drafted(cast)
    seen = {name for name, user in cast.everybody().items() if visible(Edition, user).filter(pk=edition.pk).exists()}
    assert seen == {"authority", "second_authority"}
    assert login(cast.clerk).get(f"/editions/{edition.code}/").status_code == 404
    assert "草稿" not in login(cast.clerk).get("/editions/").content.decode()
    assert "草稿" in login(cast.second_authority).get("/editions/").content.decode()


def test_the_whole_way_on_screen(cast: Cast, login) -> None:
    edition = drafted(cast)
    page, check, publish = (f"/editions/{edition.code}/{end}" for end in ("", "check/", "publish/"))
    drafter = login(cast.authority)
    assert "检查条款和算例" in drafter.get(page).content.decode()
    assert drafter.post(check, {"version": edition.version}).status_code == 302
    shown = drafter.get(page).content.decode()
    assert "发布要由另一位" in shown
    assert "照抄方案名称" not in shown
    edition.refresh_from_db()
    second = login(cast.second_authority)
    refused = second.post(publish, {"version": edition.version, "title": "别的"})
    assert (refused.status_code, "请照抄方案名称" in refused.content.decode()) == (422, True)
    stale = second.post(publish, {"version": edition.version - 1, "title": edition.title})
    assert (stale.status_code, "刚被别人改过" in stale.content.decode()) == (422, True)
    assert second.post(publish, {"version": edition.version, "title": edition.title}).status_code == 302
    assert "已发布" in second.get(page).content.decode()


def test_what_is_wrong_stands_on_the_page(cast: Cast, login) -> None:
    edition = drafted(cast, document("wanzhou-test", ('payable: "50000.00"', 'payable: "50000.01"')))
    answer = login(cast.authority).post(f"/editions/{edition.code}/check/", {"version": edition.version})
    assert answer.status_code == 422
    assert "意外身故，全额" in answer.content.decode()


def test_an_edition_in_force_stands_first_and_the_one_before_is_superseded(cast: Cast, login, time_machine) -> None:
    published(cast, year_after())
    for day, code in (("2021-08-01", EDITION), ("2022-08-01", "wanzhou-2022"), ("2030-08-01", "wanzhou-2022")):
        time_machine.move_to(f"{day} 10:00 +08:00")
        client = login(cast.clerk)
        assert client.get("/").context["shell_edition"].code == code
    rows = {one.code: one.superseded for one in client.get("/editions/").context["page"]}
    assert rows == {EDITION: True, "wanzhou-2022": False}


# --- made-up figures -----------------------------------------------------------------------------------------------
TRIAL = document("wanzhou-test", (RATE, MADE_UP))


def test_made_up_figures_are_found_where_they_stand() -> None:
    terms = load_document(TRIAL, "trial.yaml").terms
    (figure,) = blocking_trials(terms)
    line = next(n for n, text in enumerate(TRIAL.splitlines(), start=1) if MADE_UP in text)
    assert (figure.where, figure.label, figure.clause, figure.value, figure.line) == (
        "premium.rate",
        "保费",
        "三",
        "130.00",
        line,
    )
    assert [(one.where, one.label) for one in warning_trials(terms)] == [
        ("deadlines.acceptance.working_days", "受理"), ("deadlines.settlement.working_days", "赔付"),
    ]  # fmt: skip
    assert blocking_trials(load_document(text_of(WANZHOU), "real.yaml").terms) == ()


def test_a_limit_is_named_by_its_label() -> None:
    before = 'amount: {value: "5000.00", clause: 五（一）}'
    text = document("wanzhou-test", (before, before.replace("}", ", trial: true}")))
    (figure,) = blocking_trials(load_document(text, "trial.yaml").terms)
    assert figure.label == "意外医疗每人每年最高额"


def test_outside_trial_mode_made_up_figures_are_not_published(cast: Cast, settings) -> None:
    edition = checked(cast, TRIAL)
    settings.TRIAL = False
    for by in (cast.second_authority, None):
        with pytest.raises(TrialFiguresLeft, match=r"premium\.rate.*依据 三.*试用参数"):
            publish_edition(edition=edition, by=by)
    settings.TRIAL = True
    assert publish_edition(edition=edition, by=cast.second_authority).is_published


def test_outside_trial_mode_made_up_deadlines_only_warn(cast: Cast, settings) -> None:
    settings.TRIAL = False
    assert published(cast).is_published


def test_the_page_lists_what_has_to_be_replaced(cast: Cast, login, settings) -> None:
    edition = checked(cast, TRIAL)
    settings.TRIAL = False
    shown = login(cast.second_authority).get(f"/editions/{edition.code}/").content.decode()
    assert "premium.rate" in shown
    assert "照抄方案名称" not in shown


@pytest.fixture
def shipped(settings, tmp_path, monkeypatch):
    """A folder of shipped documents, and `prepare` run over it."""
    from config.management.commands import prepare

    folder = tmp_path / "editions"
    folder.mkdir()
    monkeypatch.setattr(prepare, "FIXTURES", tmp_path)

    def run(capsys, **documents: str) -> str:
        for name, text in documents.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        command = prepare.Command()
        with everything():
            command._load_editions()
        return capsys.readouterr().out

    return run


def test_prepare_publishes_what_is_real_and_keeps_the_rest_as_drafts(cast: Cast, settings, shipped, capsys) -> None:
    settings.TRIAL = False
    said = shipped(capsys, real=document("wanzhou-real"), trial=document("wanzhou-trial", (RATE, MADE_UP)))
    states = dict(Edition.objects.filter(code__in=["wanzhou-real", "wanzhou-trial"]).values_list("code", "state"))
    assert states == {"wanzhou-real": "published", "wanzhou-trial": "draft"}
    assert "trial.yaml 存为草稿" in said
    assert "premium.rate" in said
    settings.TRIAL = True
    shipped(capsys)
    assert Edition.objects.get(code="wanzhou-trial").is_published


def test_prepare_leaves_alone_what_people_went_on_with(cast: Cast, shipped, capsys) -> None:
    ours = drafted(cast, document("wanzhou-ours", ("title: 受理天数", "title: 我们的天数")))
    said = shipped(capsys, ours=document("wanzhou-ours"))
    ours.refresh_from_db()
    assert (ours.state, "我们的天数" in ours.document, "没有装入" in said) == ("draft", True, True)
    changed = text_of(WANZHOU).replace("title: 受理天数", "title: 受理的天数")
    assert "不动" in shipped(capsys, wanzhou=changed)
    assert Edition.objects.get(code=EDITION).document == text_of(WANZHOU)


def test_load_edition_refuses_to_publish_made_up_figures(cast: Cast, settings, tmp_path, capsys) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(TRIAL, encoding="utf-8")
    settings.TRIAL = False
    with pytest.raises(SystemExit) as left:
        call_command("load_edition", str(path), "--publish")
    assert left.value.code == 1
    assert "premium.rate" in capsys.readouterr().err
    assert not Edition.objects.filter(code="wanzhou-test").exists()
    call_command("load_edition", str(path))
    assert Edition.objects.get(code="wanzhou-test").state == "draft"
    settings.TRIAL = True
    call_command("load_edition", str(path), "--publish")
    assert Edition.objects.get(code="wanzhou-test").is_published
