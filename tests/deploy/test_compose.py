"""Dockerfile and compose file, linted here since no engine runs: structure, secrets, roles, health."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SERVICES = COMPOSE["services"]


def test_every_part_of_production_is_there() -> None:
    assert set(SERVICES) == {"prepare", "web", "worker", "beat", "database", "queue"}


@pytest.mark.parametrize("name", ["database", "queue", "worker"])
def test_services_tell_whether_they_are_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_images_are_pinned_to_a_version() -> None:
    images = [service["image"] for service in SERVICES.values() if "build" not in service]
    assert all(re.search(r":\d", image) for image in images)
    assert re.search(r"^FROM python:3\.11", DOCKERFILE, re.M)


def test_no_secret_stands_in_the_files() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in ("SECRET_KEY", "FIELD_KEYS", "PORTAL_APP_PASSWORD", "PORTAL_OWNER_PASSWORD", "POSTGRES_PASSWORD"):
        assert f"${{{name}:?}}" in text
    assert not re.search(r"(?i)password=\w", DOCKERFILE)


def test_only_prepare_works_as_the_owner() -> None:
    for name, service in SERVICES.items():
        owner = "MIGRATE_DATABASE_URL" in service.get("environment", {})
        assert owner == (name == "prepare"), name


def test_the_image_runs_without_privileges_and_from_hashes() -> None:
    assert re.search(r"^USER portal$", DOCKERFILE, re.M)
    assert "--require-hashes" in DOCKERFILE


def test_the_web_listens_to_the_proxy_only() -> None:
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_shell_scripts_parse() -> None:
    for script in (ROOT / ".ci/run", ROOT / "tools/database-roles.sh"):
        subprocess.run(["bash", "-n", script], check=True)


def test_compose_itself_agrees() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("没有 docker compose：装好后再运行，或在部署机上 docker compose config")
    names = re.findall(r"\$\{(\w+):\?\}", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin"} | dict.fromkeys(names, "x")
    done = subprocess.run(
        [docker, "compose", "config", "-q"], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
