"""Forms of people and passwords."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from orgs.models import Organization, Region, Role, User
from orgs.scope import visible

USERNAME = r"^[a-zA-Z0-9][a-zA-Z0-9._-]{2,39}$"
USERNAME_HINT = "只能用字母、数字、点和横线，3 至 40 位，如 dazhou.zhou"


class LoginForm(AuthenticationForm):
    """Login; the same sentence for a wrong name and a wrong password."""

    username = forms.CharField(
        label="账号",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    error_messages = {
        "invalid_login": "账号或密码不对，或账号已停用。连续输错 5 次锁定 30 分钟；忘记密码请找本单位的管理员重置",
        "inactive": "账号或密码不对，或账号已停用。连续输错 5 次锁定 30 分钟；忘记密码请找本单位的管理员重置",
    }

    def clean_username(self) -> str:
        return self.cleaned_data["username"].strip().lower()


class PersonForm(forms.Form):
    """A person: login name, name, organization, role, telephone."""

    username = forms.RegexField(
        USERNAME,
        label="账号",
        help_text="3 至 40 位小写字母、数字、点、横线，如 dazhou.zhou",
        error_messages={
            "invalid": f"账号{USERNAME_HINT}",
            "required": "请填账号",
        },
    )
    name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填姓名"})
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label="机构",
        empty_label="请选择",
        error_messages={"required": "请选择机构"},
    )
    role = forms.ChoiceField(
        label="角色", choices=[("", "请选择"), *Role.choices], error_messages={"required": "请选择角色"}
    )
    phone = forms.CharField(label="联系电话", max_length=20, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by: User, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["organization"].queryset = visible(Organization, by).filter(active=True)
        self.fields["phone"].widget.attrs["data-secret"] = ""
        if person is not None:
            del self.fields["username"]
            self.fields["phone"].help_text = f"现在是 {person.phone}，留空不改" if person.phone else ""

    def clean_username(self) -> str:
        username = self.cleaned_data["username"].lower()
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(f"账号 {username} 已有人用，请换一个，如 {username}2")
        return username


class PersonFilter(forms.Form):
    q = forms.CharField(label="姓名或账号", required=False, max_length=40)
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部"), *Role.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), ("on", "在用"), ("off", "已停用")])


class PeopleListForm(forms.Form):
    """A list of people as workbook."""

    file = forms.FileField(
        label="人员名单（.xlsx）",
        error_messages={"required": "请选择人员名单文件"},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


class PasswordForm(forms.Form):
    """One's own new password, typed twice."""

    current = forms.CharField(
        label="现在的密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="新密码", strip=False, help_text="至少 12 位，可以是一句好记的话",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="再输一次", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_current(self) -> str:
        if not self.user.check_password(self.cleaned_data["current"]):
            raise forms.ValidationError("现在的密码不对")
        return self.cleaned_data["current"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("new") != data.get("again"):
            self.add_error("again", "两次输入的新密码不一样")
        if data.get("new") and data.get("new") == data.get("current"):
            self.add_error("new", "新密码不能和现在的一样")
        return data


class SetUpForm(forms.Form):
    """The first administrator of a new installation."""

    token = forms.CharField(label="首次设置口令", help_text="启动时打印在服务器屏幕上")
    place = forms.ModelChoiceField(
        Region.objects.none(),
        label="使用的区县（市）",
        empty_label="请选择",
        error_messages={"required": "请选择区县"},
    )
    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]{2,39}$",
        label="账号",
        error_messages={"invalid": "账号只能用小写字母、数字、点和横线，3 至 40 位"},
    )
    name = forms.CharField(label="姓名", max_length=40)
    password = forms.CharField(
        label="密码", strip=False, help_text="至少 12 位，可以是一句好记的话",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = (Region.Level.CITY, Region.Level.COUNTY)
        self.fields["place"].queryset = Region.objects.filter(level__in=levels).exclude(name="市辖区")
