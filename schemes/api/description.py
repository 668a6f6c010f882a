"""The shapes of editions and quotes for the OpenAPI description; the quoting itself checks what comes in."""

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from orgs.api.description import ErrorLine


class Named(serializers.Serializer):
    code = serializers.CharField(help_text="代码；区划为 12 位，功能区没有代码")
    name = serializers.CharField(help_text="名称")


class EditionLine(serializers.Serializer):
    code = serializers.CharField(help_text="年度方案代码，如 wanzhou-2021")
    title = serializers.CharField(help_text="名称")
    scheme = Named(help_text="险种")
    place = Named(help_text="区县")
    first_day = serializers.DateField(help_text="保险期间的第一天")
    last_day = serializers.DateField(help_text="保险期间的最后一天（含）")
    state = serializers.CharField(help_text="状态，published 为已发布")
    published_at = serializers.DateTimeField(allow_null=True, help_text="发布时间")
    sha256 = serializers.CharField(help_text="条款文档的 SHA-256；不变则条款不变")


class EditionPage(serializers.Serializer):
    count = serializers.IntegerField(help_text="共几条")
    next = serializers.URLField(allow_null=True, help_text="下一页")
    previous = serializers.URLField(allow_null=True, help_text="上一页")
    results = EditionLine(many=True, help_text="这一页")


class FigureShown(serializers.Serializer):
    label = serializers.CharField(help_text="是什么")
    text = serializers.CharField(help_text="数，按通知的写法")
    clause = serializers.CharField(help_text="条款依据")
    trial = serializers.BooleanField(help_text="真：试用参数，不是通知里的数")


class PremiumShown(serializers.Serializer):
    figures = FigureShown(many=True, help_text="费率，按通知的写法")
    terms = serializers.DictField(help_text="费率的每一部分")


class Listed(serializers.Serializer):
    code = serializers.CharField(help_text="代码")
    required = serializers.BooleanField(help_text="必须有")
    when = serializers.DictField(allow_null=True, help_text="只在这一事实取这些值时才要")


class ListedNamed(Listed):
    label = serializers.CharField(help_text="名称")


class CoverageTerms(serializers.Serializer):
    code = serializers.CharField(help_text="保障责任代码")
    label = serializers.CharField(help_text="名称")
    clause = serializers.CharField(help_text="条款")
    words = serializers.CharField(help_text="通知原文")
    figures = FigureShown(many=True, help_text="赔什么、赔多少、什么条件")
    facts = Listed(many=True, help_text="理算要的事实，定义见 facts")
    limits = serializers.ListField(child=serializers.CharField(), help_text="受哪些限额约束，定义见 limits")
    deadlines = serializers.ListField(child=serializers.DictField(), help_text="时限")
    papers = ListedNamed(many=True, help_text="要交的材料")
    payees = ListedNamed(many=True, help_text="可以领款的人")


class TownshipServed(serializers.Serializer):
    code = serializers.CharField(help_text="12 位区划代码；功能区没有代码")
    name = serializers.CharField(help_text="名称")
    clause = serializers.CharField(help_text="条款依据")


class InsurerServing(serializers.Serializer):
    name = serializers.CharField(help_text="承保机构；空的一组是不参加的乡镇")
    short_name = serializers.CharField(help_text="简称")
    hotline = serializers.CharField(help_text="报案电话")
    townships = TownshipServed(many=True, help_text="承保的乡镇")


class Reading(serializers.Serializer):
    title = serializers.CharField(help_text="哪一点")
    text = serializers.CharField(help_text="怎么理解")
    where = serializers.CharField(help_text="文档里的位置")
    clause = serializers.CharField(help_text="条款")
    trial = serializers.BooleanField(help_text="真：试用参数")


class EditionTermsShown(EditionLine):
    """年度方案的条款"""

    notice = serializers.DictField(help_text="依据的通知：题名、文号、日期、发文机关")
    period = serializers.DictField(help_text="保险期间及其条款")
    insured = serializers.DictField(help_text="保谁")
    premium = PremiumShown(help_text="保费怎么算")
    sharing = serializers.DictField(help_text="保费由谁分担、风险由谁承担：出资方、分担、共保、风险共担、参加条件")
    stages = serializers.ListField(child=serializers.DictField(), help_text="全年工作的阶段")
    roster_steps = serializers.DictField(allow_null=True, help_text="名册从登记到生效的步骤和公示；没有写的为空")
    facts = serializers.ListField(child=serializers.DictField(), help_text="案情里的每一项事实：代码、类型、可选值")
    edition_facts = serializers.ListField(
        child=serializers.DictField(), help_text="方案的情况（edition_state 里写的）：代码、类型"
    )
    coverages = CoverageTerms(many=True, help_text="各项保障责任")
    limits = serializers.ListField(child=serializers.DictField(), help_text="限额")
    interpretations = Reading(many=True, help_text="通知没有写明处采用的口径")
    trial_figures = serializers.ListField(child=serializers.DictField(), help_text="全部试用参数及其位置")
    insurers = InsurerServing(many=True, help_text="承保分片")


class QuoteAsked(serializers.Serializer):
    """与 manage.py quote 相同的案情文档"""

    edition = serializers.CharField(help_text="已发布的年度方案代码")
    coverage = serializers.CharField(help_text="保障责任代码")
    facts = serializers.DictField(help_text='事实：值；金额写成文本，如 "30000.00"')
    paid_before = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="这个人本年度以前赔过的：coverage、amount 等"
    )
    edition_paid_before = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="整个方案本年度以前赔过的"
    )
    edition_state = serializers.DictField(required=False, allow_null=True, help_text="方案当时的情况")


class StepShown(serializers.Serializer):
    op = serializers.CharField(help_text="减、判、得、乘、限，或空")
    label = serializers.CharField(help_text="这一步是什么")
    value = serializers.CharField(help_text="这一步的数")
    clause = serializers.CharField(help_text="条款依据")
    note = serializers.CharField(help_text="说明")
    balance = serializers.CharField(help_text="算到这里的余额")


class QuoteAnswer(serializers.Serializer):
    """理算结果，每一步带条款依据"""

    payable = serializers.CharField(help_text="应赔金额（元，两位小数）")
    steps = StepShown(many=True, help_text="每一步")
    interpretations = serializers.ListField(child=serializers.CharField(), help_text="用到的口径")
    covered = serializers.BooleanField(help_text="属于保险责任")
    reason = serializers.CharField(help_text="不赔或少赔的理由；没有则空")
    formula = serializers.CharField(help_text="算式")


class BatchAsked(serializers.Serializer):
    """一批案情"""

    quotes = QuoteAsked(many=True, help_text="最多 1,000 条")


class Refusal(serializers.Serializer):
    """算不了的一条"""

    errors = ErrorLine(many=True, help_text="这一条要改的每一处")


ENTRY = PolymorphicProxySerializer("BatchEntry", [QuoteAnswer, Refusal], resource_type_field_name=None, many=True)


class BatchAnswer(serializers.Serializer):
    """答复与所问同序"""

    answers = serializers.SerializerMethodField(help_text="每条一个答复，算不了的只有 errors")

    @extend_schema_field(ENTRY)
    def get_answers(self, data: dict[str, object]) -> object:
        return data["answers"]
