"""The menu and what stands over the page say the same words."""

import re

import pytest
from django.urls import reverse

from config.menu import GROUPS, Item
from orgs.permissions import may
from tests.cast import Cast, enrol
from tests.ground import everything

pytestmark = pytest.mark.django_db
SHOWN = [(title, item) for title, items in GROUPS for item in items if title]


@pytest.mark.parametrize(("title", "item"), SHOWN, ids=[item.url_name for _, item in SHOWN])
def test_a_page_of_the_menu_is_headed_by_its_group_and_name(title: str, item: Item, cast: Cast, login) -> None:
    enrol(n=1)
    with everything():
        reader = next(user for user in cast.everybody().values() if user.is_active and may(user, item.act))
    page = login(reader).get(reverse(item.url_name), follow=True).content.decode()
    crumb = page[page.index('class="crumb"') :]
    words = re.sub(r"<[^>]*>", "", crumb[crumb.index(">") + 1 : crumb.index("</nav>")])
    assert words.startswith(f"{title}／{item.label}")
    assert f'aria-current="page">{item.label}</a>' in page


def test_no_word_of_the_menu_is_used_twice() -> None:
    labels = [item.label for _, items in GROUPS for item in items]
    titles = [title for title, _ in GROUPS]
    assert len({*labels, *titles}) == len(labels) + len(titles)
