"""A short code on every print, by which paper and system can be compared."""

import hashlib
import json
from typing import Any


def check_code(content: Any) -> str:
    """`A81D-3F06`: the first eight hex digits of the SHA-256 of the content as canonical JSON."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8].upper()
    return f"{digest[:4]}-{digest[4:]}"
