"""Every kind of hostile file that we know of, made on the spot: no such file lies in the repository."""

from tests.hostile import markup, others, sheets, zips
from tests.hostile.kinds import Hostile

KINDS: tuple[Hostile, ...] = (*zips.KINDS, *markup.KINDS, *sheets.KINDS, *others.KINDS)
