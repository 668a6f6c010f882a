from typing import Any

from django import forms

from orgs.models import Organization, Role, User
from orgs.scope import visible

DAYS = (("30", "30 天"), ("90", "90 天"), ("180", "180 天"), ("365", "一年"))
ROLES = [(role.value, role.label) for role in Role if role != Role.ADMINISTRATOR]


class TokenForm(forms.Form):
    """A token for a program of an organization."""

    name = forms.CharField(
        label="用途",
        max_length=40,
        help_text="哪个系统、做什么，如“人保核心系统 理算核对”",
        error_messages={"required": "请填用途"},
    )
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label="机构", empty_label="请选择", error_messages={"required": "请选择机构"}
    )
    role = forms.ChoiceField(
        label="角色",
        choices=[("", "请选择"), *ROLES],
        help_text="令牌能看、能做的，和这个机构里这个角色的人一样",
        error_messages={"required": "请选择角色"},
    )
    days = forms.TypedChoiceField(
        label="有效期", choices=DAYS, coerce=int, initial="90", error_messages={"required": "请选择有效期"}
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = visible(Organization, by).filter(active=True)
        self.fields["organization"].queryset = offices.exclude(kind=Organization.Kind.ADMINISTRATION)
