"""The same on PostgreSQL and Redis of our own, which are stopped hard as well."""

import os
import subprocess
import sys

import pytest

from tests.kill.crew import ROOT
from tests.kill.servers import private_servers

pytestmark = pytest.mark.long
ON_SERVERS = ("tests/kill/on_servers.py", "tests/kill/test_points.py", "tests/kill/test_moments.py")


@pytest.mark.parametrize("part", ON_SERVERS)
def test_on_servers_that_stop_hard(part: str) -> None:
    own = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--run-long", "--durations", "0", part]
    with private_servers() as environment:
        done = subprocess.run(command, cwd=ROOT, env=own | environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
