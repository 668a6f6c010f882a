"""The report form: made from the coverage's terms, so it asks only for what the coverage needs."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django import forms
from django.forms import BoundField

from calc.dates import DateError, parse_date
from calc.money import MoneyError, yuan
from calc.text import fold
from claims.models import Claim
from claims.services.reporting import FieldProblem, Report
from schemes.terms.benefits import ByChoice, Scale
from schemes.terms.conditions import ValueCondition
from schemes.terms.model import Coverage, EditionTerms, Fact, Listed

KNOWN_FROM_ROSTER = {"birth_date"}
YES_NO = (("", "请选择"), ("yes", "是"), ("no", "否"))
PICK = ("", "请选择")


class DayField(forms.CharField):
    """A date in any of the ways people write it; gives ISO text."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_date(text).isoformat()
        except DateError as error:
            raise forms.ValidationError(str(error)) from error


class MoneyField(forms.CharField):
    """An amount in yuan, thousands and full-width digits allowed; gives plain text such as 30000.00."""

    def clean(self, value: Any) -> str:
        text = fold(super().clean(value) or "").replace(",", "").removesuffix("元")
        if not text:
            return ""
        try:
            return f"{yuan(text):.2f}"
        except MoneyError as error:
            raise forms.ValidationError(str(error)) from error


class NumberField(forms.CharField):
    """Digits of an account, telephone or ID number; blanks and full-width digits are folded."""

    def clean(self, value: Any) -> str:
        return fold(super().clean(value) or "").replace(" ", "").upper()


class SecretInput(forms.TextInput):
    """Never sends back what was typed: a page with mistakes holds no account or ID number in clear."""

    def format_value(self, value: Any) -> None:
        return None


class PayeeSelect(forms.Select):
    """A choice of payees; each says for which answer it is open, so that the page hides the others."""

    only_for: dict[str, tuple[str, str]] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.only_for:
            option["attrs"]["data-for"], option["attrs"]["data-is"] = self.only_for[str(value)]
        return option


class ReportForm(forms.Form):
    """Facts of one coverage, payee and reporter. Fields of facts are named `fact_<code>`."""

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
        super().__init__(*args, **kwargs)
        self.terms, self.coverage, self.account_known = terms, coverage, account_known
        for asked in self.asked:
            self.fields.update(_fields_of(terms, coverage, asked))
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
        return [asked for asked in self.coverage.asks if asked.code not in KNOWN_FROM_ROSTER]

    def _as_shown(self) -> list[str]:
        """Facts, route, payee, reporter: the summary of what is wrong follows the page."""
        facts = [name for name in self.fields if name.startswith("fact_")]
        return [*facts, "not_one_stop_reason", *(name for name in self.fields if name not in facts)]

    def _fit_payees(self) -> None:
        payees = [(payee.code, self.terms.payees[payee.code].label) for payee in self.coverage.payees]
        self.fields["payee"].choices = payees if len(payees) == 1 else [PICK, *payees]
        self.fields["payee"].widget.only_for = {
            payee.code: (f"fact_{payee.when.fact}", " ".join(sorted(payee.when.values)))
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

    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The fact fields by their section of the form, in the order of the terms."""
        sections: dict[str, list[BoundField]] = {}
        for asked in self.asked:
            fact = self.terms.facts[asked.code]
            if fact.type not in {"money", "payers"}:
                sections.setdefault(fact.group or "案情", []).extend(self[name] for name in _names(fact))
        yield from sections.items()

    def money_fields(self) -> list[BoundField]:
        """Fields of amounts, which stand in the ledger."""
        facts = (self.terms.facts[asked.code] for asked in self.asked)
        return [self[name] for fact in facts if fact.type in {"money", "payers"} for name in _names(fact)]

    def facts(self) -> dict[str, Any]:
        """The facts as the rules take them; only those that were given."""
        given: dict[str, Any] = {}
        for asked in self.asked:
            value = _value(self.terms.facts[asked.code], self.cleaned_data)
            if value not in (None, "", []):  # an empty map of payers says that nobody else has paid
                given[asked.code] = value
        return {code: value for code, value in given.items() if self._applies(code, given)}

    def _applies(self, code: str, given: dict[str, Any]) -> bool:
        return next(asked for asked in self.asked if asked.code == code).applies(given)

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

    def add_problems(self, problems: list[FieldProblem]) -> None:
        """Sentences of the service beside their fields; those without a field on top."""
        for problem in problems:
            name = self._field_of(problem.field)
            if name is None or problem.message not in self.errors.get(name, []):
                self.add_error(name, problem.message)

    def _field_of(self, where: str) -> str | None:
        code, _, part = where.partition(".")
        for name in (where, f"fact_{code}__{part}", f"fact_{code}"):
            if name in self.fields:
                return name
        return None


def _names(fact: Fact) -> list[str]:
    if fact.type == "payers":
        return [f"fact_{fact.code}__{payer}" for payer in fact.options]
    return [f"fact_{fact.code}"]


def _fields_of(terms: EditionTerms, coverage: Coverage, asked: Listed) -> dict[str, forms.Field]:
    fact = terms.facts[asked.code]
    if fact.type == "payers":
        return {
            f"fact_{fact.code}__{payer}": _money(label, required=False, initial="0.00")
            for payer, label in fact.options.items()
        }
    field = _field(fact, coverage, required=asked.required and asked.when is None)
    field.help_text = fact.hint
    field.expected = asked.required  # where it is shown at all, it has to be filled in
    if asked.when:
        field.widget.attrs |= {
            "data-when": f"fact_{asked.when.fact}",
            "data-is": " ".join(sorted(asked.when.values)),
        }
    return {f"fact_{fact.code}": field}


def _field(fact: Fact, coverage: Coverage, *, required: bool) -> forms.Field:
    wanted = {"required": f"请填{fact.label}", "invalid_choice": f"请从列表里选{fact.label}"}
    common: dict[str, Any] = {"label": fact.label, "required": required, "error_messages": wanted}
    match fact.type:
        case "date":
            return DayField(**common, widget=forms.TextInput(attrs={"data-date": "", "inputmode": "numeric"}))
        case "money":
            return _money(fact.label, required=required)
        case "yes_no":
            return forms.ChoiceField(choices=YES_NO, **common)
        case "choice":
            options = _options(fact, coverage)
            return forms.ChoiceField(choices=options if len(options) == 1 else [PICK, *options], **common)
        case "count":
            return forms.IntegerField(min_value=0, max_value=10_000, **common)
        case "disability":
            grades = [(str(grade), f"{grade} 级") for grade in _grades(coverage)]
            return forms.ChoiceField(choices=[PICK, *grades], **common)
        case _:
            return forms.CharField(max_length=200, **common)


def _options(fact: Fact, coverage: Coverage) -> list[tuple[str, str]]:
    """What can be answered here: the kinds that the benefit tells apart, or the only one that is covered.

    A longer list of what is covered is not cut down: 其它门诊 has to be said, so that the refusal can say why.
    """
    known = set(fact.options)
    if isinstance(coverage.benefit, ByChoice) and coverage.benefit.fact == fact.code:
        known &= set(coverage.benefit.cases)
    for condition in coverage.conditions:
        if isinstance(condition, ValueCondition) and condition.fact == fact.code and len(condition.values) == 1:
            known &= {str(value) for value in condition.values}
    return [(code, label) for code, label in fact.options.items() if code in known]


def _money(label: str, *, required: bool, initial: str = "") -> MoneyField:
    return MoneyField(
        label=label,
        required=required,
        initial=initial,
        error_messages={"required": f"请填{label}，没有的填 0"},
        widget=forms.TextInput(attrs={"data-money": "", "inputmode": "decimal", "class": "num"}),
    )


def _grades(coverage: Coverage) -> list[int]:
    benefits = coverage.benefit.cases.values() if isinstance(coverage.benefit, ByChoice) else [coverage.benefit]
    return sorted({grade for benefit in benefits if isinstance(benefit, Scale) for grade in benefit.grades})


def _value(fact: Fact, data: dict[str, Any]) -> Any:
    if fact.type == "payers":
        paid = {payer: data.get(f"fact_{fact.code}__{payer}") for payer in fact.options}
        return {payer: amount for payer, amount in paid.items() if amount and amount != "0.00"}
    value = data.get(f"fact_{fact.code}")
    if fact.type == "yes_no":
        return {"yes": True, "no": False}.get(value or "")
    if fact.type == "disability":
        return [{"grade": int(value)}] if value else []
    return value.strip() if isinstance(value, str) else value


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
    for code, value in claim.facts.items():
        if isinstance(value, dict):
            initial |= {f"fact_{code}__{payer}": amount for payer, amount in value.items()}
        elif isinstance(value, list):
            initial[f"fact_{code}"] = str(value[0]["grade"]) if value else ""
        elif isinstance(value, bool):
            initial[f"fact_{code}"] = "yes" if value else "no"
        else:
            initial[f"fact_{code}"] = value
    return initial
