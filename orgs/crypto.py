"""Encryption of fields and files (AES-256-GCM) and the keyed blind index of ID numbers.

A sealed value is `version | algorithm | length of key id | key id | nonce (12) | ciphertext and tag`. The algorithm
byte leaves room for SM4-GCM. The context (table.column, or file:<name>) is authenticated: a ciphertext moved into
another column does not open.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = 1
AES_256_GCM = 1
NONCE_BYTES = 12
INDEX_HEX_LENGTH = 32


class CannotOpen(Exception):
    """A sealed value that none of the keys opens: wrong key, wrong column or damaged."""


@dataclass(frozen=True)
class KeyRing:
    active: str
    ciphers: dict[str, AESGCM]
    index_key: bytes


@lru_cache(maxsize=4)
def _ring(spec: str) -> KeyRing:
    try:
        pairs = [part.split(":", 1) for part in spec.split(",") if part]
        keys = {name.strip(): base64.b64decode(text, validate=True) for name, text in pairs}
        index_key = keys.pop("index")
        ciphers = {name: AESGCM(key) for name, key in keys.items()}
        return KeyRing(active=next(iter(ciphers)), ciphers=ciphers, index_key=index_key)
    except (ValueError, KeyError, StopIteration) as error:
        raise ImproperlyConfigured("FIELD_KEYS 应为 k1:<base64 的 32 字节>,index:<base64 的 32 字节>") from error


def key_ring() -> KeyRing:
    """The keys in force, from settings.FIELD_KEYS."""
    return _ring(settings.FIELD_KEYS)


def seal(plain: bytes, *, context: str) -> bytes:
    """The sealed form of `plain`; opens only under the same context."""
    ring = key_ring()
    key_id = ring.active.encode()
    nonce = os.urandom(NONCE_BYTES)
    head = bytes((VERSION, AES_256_GCM, len(key_id))) + key_id
    return head + nonce + ring.ciphers[ring.active].encrypt(nonce, plain, context.encode())


def open_sealed(sealed: bytes, *, context: str) -> bytes:
    """The plain bytes; CannotOpen when the key, the context or the bytes are wrong."""
    sealed = bytes(sealed)
    if len(sealed) < 3 or sealed[0] != VERSION or sealed[1] != AES_256_GCM:
        raise CannotOpen(f"{context}: 不是本系统的密文")
    end = 3 + sealed[2]
    cipher = key_ring().ciphers.get(sealed[3:end].decode("ascii", "replace"))
    if cipher is None:
        raise CannotOpen(f"{context}: 没有对应的密钥 {sealed[3:end]!r}")
    try:
        return cipher.decrypt(sealed[end : end + NONCE_BYTES], sealed[end + NONCE_BYTES :], context.encode())
    except InvalidTag as error:
        raise CannotOpen(f"{context}: 密文与密钥不符") from error


def blind_index(id_number: str) -> str:
    """32 hex digits by which an ID number is found without being stored in clear (HMAC-SHA-256, truncated)."""
    return hmac.new(key_ring().index_key, id_number.encode(), hashlib.sha256).hexdigest()[:INDEX_HEX_LENGTH]
