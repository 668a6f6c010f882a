"""Pages of lists: size, jump, a count that need not be asked again."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from orgs.numbers import whole_number

SIZES = (20, 50, 100)


class KnownCountPaginator(Paginator):
    """A paginator whose count is known from sums kept elsewhere."""

    def __init__(self, *args: Any, known: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known is not None:
            self.__dict__["count"] = known


def page_of(request: HttpRequest, rows: QuerySet[Any] | list[Any], *, count: int | None = None) -> Page:
    """The page that `?page=` and `?size=` name; odd values fall back to the first page of 20."""
    asked = whole_number(request.GET.get("size", ""))
    size = asked if asked in SIZES else SIZES[0]
    return KnownCountPaginator(rows, size, known=count).get_page(whole_number(request.GET.get("page", "")) or 1)
