"""What must not go into production, each refused at the start in a sentence that names the setting."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY, FEWEST_SIGNS = 40, 5


def refuse_dangers(
    *, database_url: str, hosts: Sequence[str], secret_key: str, https: bool, local: bool, failpoints: str = ""
) -> None:
    """ImproperlyConfigured for the first danger. `local`: an acceptance test on one machine (INSECURE_LOCAL=1)."""
    if failpoints:
        raise ImproperlyConfigured("正式运行不能设 FAILPOINTS：它让进程在指定处被杀，只供测试；请去掉这个环境变量")
    if not https and not local:
        raise ImproperlyConfigured("正式运行必须用 HTTPS；仅在本机验收时可设 INSECURE_LOCAL=1")
    if not database_url.startswith(("postgres://", "postgresql://")) and not local:
        raise ImproperlyConfigured("正式运行的 DATABASE_URL 必须是 PostgreSQL：SQLite 没有行级安全；请填 postgres://…")
    if not hosts or "*" in hosts:
        raise ImproperlyConfigured("正式运行的 ALLOWED_HOSTS 必须写明域名，不能为空或 *，如 bx.example.gov.cn")
    if len(secret_key) < SHORTEST_KEY or len(set(secret_key)) < FEWEST_SIGNS:
        raise ImproperlyConfigured(f"SECRET_KEY 太短或太单一，应是至少 {SHORTEST_KEY} 位的随机字符")
