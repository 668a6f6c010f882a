"""任务中心: long work, its progress and its result."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from office.models import Job
from orgs.paging import page_of
from orgs.permissions import grants
from orgs.scope import visible


@require_GET
@grants("job.view")
def jobs(request: HttpRequest) -> HttpResponse:
    """The person's own jobs, newest first."""
    return render(request, "office/jobs.html", {"page": page_of(request, visible(Job, request.user).order_by("-id"))})
