"""Secret keys: demanded in production, made once and kept in DATA_DIR for the trial."""

import base64
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

NAMES = ("SECRET_KEY", "FIELD_KEYS")


def load_keys(*, mode: str, data_dir: Path) -> dict[str, str]:
    """SECRET_KEY and FIELD_KEYS from the environment; a trial without them makes its own once."""
    given = {name: os.environ.get(name, "") for name in NAMES}
    if all(given.values()):
        return given
    if mode == "production":
        missing = "、".join(name for name in NAMES if not given[name])
        raise ImproperlyConfigured(f"正式运行缺少环境变量 {missing}，请按 docs/howto/deploy.md 设置后再启动")
    return _kept_keys(data_dir / "keys.env") | {name: value for name, value in given.items() if value}


def _kept_keys(path: Path) -> dict[str, str]:
    if not path.exists():
        _write_new(path)
    lines = path.read_text(encoding="ascii").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _write_new(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"SECRET_KEY={secrets.token_urlsafe(48)}\nFIELD_KEYS={new_field_keys()}\n"
    partial = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    try:
        os.link(partial, path)  # two processes starting at once agree on the first one's keys
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def new_field_keys() -> str:
    """`k1:<base64>,index:<base64>`: the key that encrypts and the key of the blind index."""
    k1, index = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    return f"k1:{k1},index:{index}"
