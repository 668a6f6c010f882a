"""Asking the portal one question of the matrix, and judging the answer."""

import copy
import re

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from orgs.models import User
from tests.access.matrix import Cell, kwargs_of
from tests.access.world import World, leaks

ACTORS = (
    "clerk", "near_clerk", "far_clerk", "adjuster", "approver", "far_adjuster", "far_approver", "finance", "certifier", "police",
    "authority", "auditor", "administrator", "stranger",
)  # fmt: skip
FIRST_OF_A_ROLE = tuple(actor for actor in ACTORS if not actor.startswith(("near_", "far_")) and actor != "stranger")
BACKEND = "orgs.backends.AccountBackend"
TOKENS = re.compile(rb'name="(?:csrfmiddlewaretoken|key)" value="[^"]*"|\xe8\xbf\xbd\xe8\xb8\xaa\xe5\x8f\xb7 \w+')
WRITES = re.compile(
    r'^\s*(INSERT INTO|UPDATE|DELETE FROM) "?(?!django_session|orgs_auditevent|axes_|portal_load)(\w+)', re.I
)


class Asked:
    """One request and what it did, taken back afterwards."""

    def __init__(self, client: Client, cell: Cell, world: World, placement: str, by: User) -> None:
        self.writes: list[str] = []
        self.events = 0
        address = reverse(cell.route, kwargs=kwargs_of(cell, world, placement))
        body = cell.body(world, by, placement) if cell.body else {}
        cookies = copy.deepcopy(client.cookies)  # a logout or a new password changes them
        point = transaction.savepoint()
        try:
            client.raise_request_exception = False  # the next question is asked all the same
            with connection.execute_wrapper(self._watch):
                self.response = client.generic("GET", address) if cell.method == "GET" else client.post(address, body)
        finally:
            transaction.savepoint_rollback(point)
            client.cookies = cookies

    def _watch(self, execute, sql, params, many, context):
        """Writes are counted as they go to the database: nothing that a refused request does can hide."""
        if found := WRITES.match(sql):
            self.writes.append(found.group(2))
        if sql.startswith('INSERT INTO "orgs_auditevent"'):
            self.events += 1
        return execute(sql, params, many, context)


def verdict(asked: Asked, cell: Cell, may: bool, actor: str) -> str:
    """What is wrong with an answer; empty when nothing is."""
    response = asked.response
    if may:
        if response.status_code != cell.ok:
            return f"answers {response.status_code}, not {cell.ok} {getattr(response, 'exc_info', None) or ''}"
        if cell.writes and not asked.events:
            return "leaves no audit event"
        if cell.method == "GET" and set(asked.writes):
            return f"writes on GET: {asked.writes}"
    elif response.status_code != 404:
        return f"answers {response.status_code}, not 404"
    elif asked.writes or asked.events:
        return f"is refused, yet writes {asked.writes or 'the audit'}"
    if "no-store" not in response["Cache-Control"]:
        return "may be cached"
    found = leaks(response, actor)
    return f"leaks {found}" if found else ""
