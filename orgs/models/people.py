"""People who log in, and their roles. One person has one role in one organization; a move is recorded."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from orgs.fields import EncryptedTextField


class Role(models.TextChoices):
    CLERK = "clerk", "乡镇经办"
    ADJUSTER = "adjuster", "承保机构理赔"
    APPROVER = "approver", "承保机构核赔"
    FINANCE = "finance", "财政"
    AUTHORITY = "authority", "主管部门"
    CERTIFIER = "certifier", "认定部门"
    POLICE = "police", "公安户籍"
    AUDITOR = "auditor", "审计"
    ADMINISTRATOR = "administrator", "系统管理员"


class UserManager(BaseUserManager["User"]):
    """Looks people up by their login name, whatever the case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    username = models.CharField("账号", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    organization = models.ForeignKey("orgs.Organization", on_delete=models.PROTECT, related_name="people")
    role = models.CharField("角色", max_length=16, choices=Role.choices)
    phone = EncryptedTextField("联系电话", mask="phone")
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录改密码", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        ordering = ["organization_id", "username"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="user_has_a_known_role"
            ),
        ]

    def __str__(self) -> str:
        return self.name
