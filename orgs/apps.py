from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "orgs"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        """A key that does not open is told at the start, not at the first ID number."""
        from orgs.crypto import key_ring

        key_ring()
