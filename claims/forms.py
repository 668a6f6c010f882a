"""The report form: made from the coverage's terms, so it asks only for what the coverage needs."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms

from claims.models import Claim
from claims.services.reporting import Report
from enrollment.form_fields import NumberField, SecretInput
from schemes.fact_fields import PICK, FactForm, answers_of, initial_of_facts
from schemes.terms.model import Coverage, EditionTerms, Listed

KNOWN_FROM_ROSTER = {"birth_date"}


class PayeeSelect(forms.Select):
    """A choice of payees; each says for which answer it is open, so that the page hides the others."""

    only_for: dict[str, tuple[str, str]] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.only_for:
            option["attrs"]["data-for"], option["attrs"]["data-is"] = self.only_for[str(value)]
        return option


class ReportForm(FactForm):
    """Facts of one coverage, payee and reporter."""

    payee = forms.ChoiceField(label="领款人", error_messages={"required": "请选择领款人"}, widget=PayeeSelect)
    payee_name = forms.CharField(label="领款人姓名", max_length=60, required=False)
    payee_relation = forms.CharField(label="与参保对象关系", max_length=20, required=False)
    payee_id_number = NumberField(label="领款人身份证号", max_length=30, required=False)
    payee_bank = forms.CharField(label="开户银行", max_length=60, required=False)
    payee_account = NumberField(label="一卡通或银行账号", max_length=40, required=False)
    reporter = forms.ChoiceField(label="报案人", choices=Claim.Reporter.choices, initial=Claim.Reporter.VILLAGE)
    reporter_name = forms.CharField(label="报案人姓名", max_length=60, error_messages={"required": "请填报案人姓名"})
    reporter_phone = NumberField(label="报案人电话", max_length=20, error_messages={"required": "请填报案人电话"})
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
    another_event = forms.BooleanField(label="不是重复报案，是另一次", required=False)

    secret = ("payee_id_number", "payee_account", "reporter_phone")

    def __init__(self, *args: Any, terms: EditionTerms, coverage: Coverage, account_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, terms=terms, coverage=coverage, **kwargs)
        self.account_known = account_known
        self._fit_payees()
        self._fit_route()
        self._fit_account()
        for name in ("payee_name", "payee_relation", "payee_id_number"):
            self.fields[name].expected = True
        for name in self.secret:
            field = self.fields[name]
            field.widget = SecretInput(attrs=field.widget.attrs | {"data-secret": ""})
        self.order_fields(self._as_shown())

    @property
    def asked(self) -> list[Listed]:
        """Facts that somebody has to tell; what the roster knows is not asked."""
        return [asked for asked in super().asked if asked.code not in KNOWN_FROM_ROSTER]

    def _as_shown(self) -> list[str]:
        """Facts, route, payee, reporter: the summary of what is wrong follows the page."""
        facts = [name for name in self.fields if name.startswith("fact_")]
        return [*facts, "not_one_stop_reason", *(name for name in self.fields if name not in facts)]

    def _fit_payees(self) -> None:
        payees = [(payee.code, self.terms.payees[payee.code].label) for payee in self.coverage.payees]
        self.fields["payee"].choices = payees if len(payees) == 1 else [PICK, *payees]
        self.fields["payee"].widget.only_for = {
            payee.code: (f"fact_{payee.when.fact}", answers_of(payee.when))
            for payee in self.coverage.payees
            if payee.when
        }

    def _fit_account(self) -> None:
        """The roster's account is the insured person's own: it is offered only where they may be paid."""
        insured_is_paid = any(payee.code == Claim.Payee.INSURED for payee in self.coverage.payees)
        account = self.fields["payee_account"]
        account.help_text = "领款人本人的账号"
        if self.account_known and insured_is_paid:
            account.help_text = "本人领取可以留空，用名册上的账号；别人领取填领款人的"

    def _fit_route(self) -> None:
        reasons = self.terms.routes[self.coverage.route].reasons
        if reasons:
            self.fields["not_one_stop_reason"] = forms.ChoiceField(
                label="未走一站式结算的原因",
                choices=[PICK, *reasons.items()],
                error_messages={"required": "请选择为什么没有走一站式结算"},
            )

    def report(self, *, known_account: str = "", known_bank: str = "") -> Report:
        """The report as typed; the roster's account where the field was left empty and the insured is paid."""
        data = self.cleaned_data
        use_known = data["payee"] == Claim.Payee.INSURED and not data["payee_account"]
        return Report(
            coverage=self.coverage.code,
            facts=self.facts(),
            payee=data["payee"],
            payee_name=data["payee_name"].strip(),
            payee_relation=data["payee_relation"].strip(),
            payee_id_number=data["payee_id_number"],
            payee_bank=data["payee_bank"].strip() or (known_bank if use_known else ""),
            payee_account=known_account if use_known else data["payee_account"],
            reporter=data["reporter"],
            reporter_name=data["reporter_name"].strip(),
            reporter_phone=data["reporter_phone"],
            not_one_stop_reason=data.get("not_one_stop_reason", ""),
            key=data["key"],
        )


def facts_sent(posted: Mapping[str, str]) -> dict[str, str]:
    """The facts as typed, not read yet: which terms ask them depends on one of them."""
    return {name.removeprefix("fact_"): posted[name] for name in posted if name.startswith("fact_")}


def initial_of(claim: Claim) -> dict[str, Any]:
    """What a returned claim said, for the form in which it is corrected; secrets are not filled in again."""
    initial: dict[str, Any] = {
        "payee": claim.payee,
        "payee_name": claim.payee_name,
        "payee_relation": claim.payee_relation,
        "payee_bank": claim.payee_bank,
        "reporter": claim.reporter,
        "reporter_name": claim.reporter_name,
        "not_one_stop_reason": claim.not_one_stop_reason,
    }
    return initial | initial_of_facts(claim.facts)
