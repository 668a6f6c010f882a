"""Encryption of fields and files (AES-256-GCM) and the keyed blind index of ID numbers.

A sealed value is `version | algorithm | length of key id | key id | nonce (12) | ciphertext and tag`. The algorithm
byte leaves room for SM4-GCM. The context (table.column, or file:<name>) is authenticated: a ciphertext moved into
another column does not open.
"""

import base64
import hashlib
import os
from collections.abc import Iterable, Sequence
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
HASH_BLOCK = 64


class CannotOpen(Exception):
    """A sealed value that none of the keys opens: wrong key, wrong column or damaged."""


@dataclass(frozen=True)
class KeyRing:
    active: str
    ciphers: dict[str, AESGCM]
    index_key: bytes

    def head(self) -> bytes:
        """What every sealed value begins with."""
        key_id = self.active.encode()
        return bytes((VERSION, AES_256_GCM, len(key_id))) + key_id


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
    nonce = os.urandom(NONCE_BYTES)
    return ring.head() + nonce + ring.ciphers[ring.active].encrypt(nonce, plain, context.encode())


def seal_texts(texts: Sequence[str], *, context: str) -> list[bytes]:
    """Each text sealed under a nonce of its own; nothing stays nothing. For columns of district size."""
    ring = key_ring()
    head, encrypt, bound_to = ring.head(), ring.ciphers[ring.active].encrypt, context.encode()
    nonces = os.urandom(NONCE_BYTES * len(texts))
    sealed = []
    for at, text in zip(range(0, len(nonces), NONCE_BYTES), texts, strict=True):
        nonce = nonces[at : at + NONCE_BYTES]
        sealed.append(head + nonce + encrypt(nonce, text.encode(), bound_to) if text else b"")
    return sealed


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
    return blind_indexes([id_number])[0]


def blind_indexes(texts: Iterable[str]) -> list[str]:
    """The blind index of each text; HMAC written out, for its two keyed states are made once and copied."""
    inner, outer = _keyed_states(key_ring().index_key)
    indexes = []
    for text in texts:
        first, second = inner.copy(), outer.copy()
        first.update(text.encode())
        second.update(first.digest())
        indexes.append(second.hexdigest()[:INDEX_HEX_LENGTH])
    return indexes


@lru_cache(maxsize=4)
def _keyed_states(key: bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """SHA-256 after the inner and after the outer padded key (RFC 2104)."""
    block = (key if len(key) <= HASH_BLOCK else hashlib.sha256(key).digest()).ljust(HASH_BLOCK, b"\0")
    return tuple(hashlib.sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))  # type: ignore[return-value]
