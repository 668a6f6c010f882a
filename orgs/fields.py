"""Encrypted model fields. In Python the value is a `Secret`: printing it shows the mask, never the plain text."""

import json
from typing import Any

from django.db import models

from calc.id_number import mask_account, mask_id, mask_phone
from orgs.crypto import open_sealed, seal

MASKS = {"id": mask_id, "account": mask_account, "phone": mask_phone, "text": lambda _: "******"}


class Secret:
    """A sealed text with its mask. `str()` is the mask; `.reveal()` the plain text, for code that may have it."""

    __slots__ = ("_context", "_mask", "_plain", "_sealed")

    def __init__(self, *, mask: str, plain: str | None = None, sealed: bytes = b"", context: str = "") -> None:
        self._mask, self._plain, self._sealed, self._context = mask, plain, sealed, context

    def reveal(self) -> str:
        """The plain text."""
        if self._plain is None:
            self._plain = open_sealed(self._sealed, context=self._context).decode()
        return self._plain

    def __str__(self) -> str:
        plain = self.reveal()
        return MASKS[self._mask](plain) if plain else ""

    def __repr__(self) -> str:
        return f"<Secret {self}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __len__(self) -> int:
        return len(self.reveal())


class EncryptedTextField(models.BinaryField):
    """Text sealed in the database. Assign a str; read a Secret. `mask` is one of id, account, phone, text.

    `sealed_as` is the context shared by columns between which set-based SQL copies values (staging and roster).
    """

    def __init__(self, *args: Any, mask: str = "text", sealed_as: str = "", **kwargs: Any) -> None:
        self.mask, self.sealed_as = mask, sealed_as
        kwargs.setdefault("default", b"")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list, dict]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"mask": self.mask, "sealed_as": self.sealed_as}

    @property
    def context(self) -> str:
        return self.sealed_as or f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Secret:
        if not value:
            return Secret(mask=self.mask, plain="")
        return Secret(mask=self.mask, sealed=bytes(value), context=self.context)

    def get_prep_value(self, value: Any) -> bytes:
        if isinstance(value, Secret):
            value = value.reveal()
        return self.seal(value) if value else b""

    def seal(self, text: str) -> bytes:
        """The bytes to store for `text`; for set-based writes that go around the model."""
        return seal(text.encode(), context=self.context)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return connection.Database.Binary(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if isinstance(value, str):
            value = Secret(mask=self.mask, plain=value)
            setattr(model_instance, self.attname, value)  # what is printed after saving is masked too
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))


class EncryptedJSONField(models.BinaryField):
    """A JSON document sealed in the database; read and assigned as plain Python values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    @property
    def context(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_default(self) -> Any:
        return self.default() if callable(self.default) else self.default

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return json.loads(open_sealed(bytes(value), context=self.context)) if value else self.get_default()

    def get_prep_value(self, value: Any) -> bytes:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return seal(text.encode(), context=self.context)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return connection.Database.Binary(value)
