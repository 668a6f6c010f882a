"""Who is asking, read at the door of every request."""

from django.contrib.auth.backends import ModelBackend

from orgs.models import User


class AccountBackend(ModelBackend):
    """Passwords are Django's; the account comes with its office and place, which every page needs: one question for
    four."""

    def get_user(self, user_id: int) -> User | None:
        found = User.objects.select_related("organization__region__parent").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None
