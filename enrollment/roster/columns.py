"""The columns of a roster and the spellings they are known by."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from calc.text import fold
from enrollment.roster.cells import Cell, as_text


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column: its key in code, its title in our template, other spellings seen."""

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False


COLUMNS: tuple[Column, ...] = (
    Column(
        "name",
        "姓名",
        (
            "被保险人姓名",
            "参保人姓名",
            "参保对象姓名",
            "参保对象",
            "被保险人",
            "被保人姓名",
            "参保人员姓名",
            "参保人",
            "人员姓名",
            "家庭成员姓名",
            "成员姓名",
            "参保居民姓名",
            "居民姓名",
            "村民姓名",
            "参保群众姓名",
            "群众姓名",
            "个人姓名",
            "人员名称",
            "名字",
            "学生姓名",
            "被保险人名称",
            "被保人",
        ),
        required=True,
    ),
    Column("id_kind", "证件类型", ("证件种类", "证件类别", "被保险人证件类型", "被保险人证件种类", "身份证件类型")),
    Column(
        "id_number",
        "身份证号",
        (
            "身份证号码",
            "公民身份号码",
            "公民身份证号码",
            "证件号码",
            "证件号",
            "居民身份证号",
            "居民身份证号码",
            "被保险人身份证号",
            "被保险人身份证号码",
            "身份证",
            "身份号码",
            "身份证件号码",
            "被保险人证件号码",
            "被保人身份证号",
            "被保人身份证号码",
            "参保人身份证号",
            "参保人身份证号码",
            "参保人证件号码",
            "成员身份证号",
            "成员身份证号码",
            "身份证件号",
            "有效身份证件号码",
            "有效证件号码",
            "被保险人身份证",
            "被保险人公民身份号码",
            "被保险人证件号",
            "参保人员身份证号",
            "参保人员身份证号码",
            "参保对象身份证号",
            "参保对象身份证号码",
            "家庭成员身份证号",
            "家庭成员身份证号码",
            "学生身份证号",
            "学生身份证号码",
            "公民身份证号",
            "公民身份证",
            "二代身份证号",
            "二代身份证号码",
            "身分证号",
            "身分证号码",
            "身份证编号",
            "新身份证号",
            "新身份证号码",
            "更正后身份证号",
            "被保险人身份证件号",
            "被保险人身份证件号码",
        ),
        required=True,
    ),
    Column("sex", "性别"),
    Column("birth_date", "出生日期", ("出生时间", "出生年月日", "出生年月", "出生日", "生日")),
    Column("household_no", "户号", ("户编号", "家庭编号", "户编码", "家庭户号", "农户编号", "户序号")),
    Column("head_name", "户主姓名", ("户主", "户主名", "户主名字")),
    Column(
        "head_id_number",
        "户主身份证号",
        ("户主身份证号码", "户主公民身份号码", "户主证件号码", "户主身份证", "户主证件号"),
    ),
    Column(
        "relation",
        "与户主关系",
        ("户主关系", "家庭关系", "与户主的关系", "与户主之关系", "和户主关系", "家庭成员关系", "称谓", "关系"),
    ),
    Column(
        "township",
        "乡镇",
        (
            "乡镇、街道名称",
            "乡镇街道名称",
            "乡镇名称",
            "乡镇街道",
            "乡镇、街道",
            "镇乡",
            "镇街",
            "镇",
            "镇乡街道",
            "乡镇(街道)",
            "所属乡镇",
            "所在乡镇",
            "乡",
            "乡(镇)",
            "镇(乡)",
            "镇(街道)",
            "街道",
            "乡镇/街道",
        ),
    ),
    Column(
        "village",
        "村",
        (
            "村别",
            "村、居委会名称",
            "村居委会名称",
            "行政村",
            "村社区",
            "村(社区)",
            "村居",
            "村名",
            "村名称",
            "村、社区",
            "行政村(社区)",
            "所属村",
            "所在村",
            "村(居)",
            "村(居)委会",
            "村(居)委会名称",
            "村(居)名称",
            "村(居委会)",
            "村(社区)名称",
            "村/社区",
            "村/居",
            "村居名称",
            "村委会",
            "行政村名称",
            "所属行政村",
            "所在行政村",
            "村民委员会",
            "居(村)委会",
            "居(村)委会名称",
            "居委会",
            "村居委会",
            "村(居)民委员会",
            "村(居)民委员会名称",
            "社区",
            "村社",
            "村组",
            "村组别",
            "村(组)",
            "所在村组",
            "村、组",
            "村/组",
            "所属村社",
            "所在村社",
            "所属村组",
            "村委会名称",
            "村民委员会名称",
        ),
        required=True,
    ),
    Column("group", "组", ("村民小组", "小组", "组别", "居民小组", "村民组", "所在组", "组名", "组(社)", "社")),
    Column(
        "phone",
        "联系电话",
        (
            "手机号码",
            "手机号",
            "电话",
            "联系方式",
            "手机",
            "电话号码",
            "联系电话号码",
            "联系号码",
            "移动电话",
            "本人电话",
            "户主电话",
            "户主联系电话",
            "户主手机号码",
            "户主手机号",
            "联系电话1",
            "被保险人联系电话",
            "被保险人电话",
            "被保险人手机号",
            "被保险人手机号码",
            "被保人联系电话",
        ),
    ),
    Column(
        "bank",
        "开户银行",
        (
            "开户行",
            "银行名称",
            "开户银行名称",
            "开户行名称",
            "银行",
            "代发银行",
            "发放银行",
        ),
    ),
    Column(
        "bank_account",
        "银行账号",
        (
            "银行卡号",
            "银行账户",
            "账号",
            "卡号",
            "一卡通账号",
            "一卡通卡号",
            "惠农一卡通账号",
            "社保卡银行账号",
            "社保卡账号",
            "社会保障卡账号",
            "社保卡金融账号",
            "存折账号",
            "银行卡账号",
            "银行卡",
            "收款账号",
            "银行帐号",
            "帐号",
            "惠农卡号",
            "惠农卡账号",
            "社会保障卡银行账号",
            "社会保障卡金融账号",
            "惠民惠农一卡通账号",
            "惠农补贴一卡通账号",
            "一卡通银行账号",
            "新账号",
            "新卡号",
            "新银行账号",
            "新银行卡号",
            "现账号",
            "现银行账号",
            "变更后账号",
            "变更后银行账号",
        ),
    ),
    Column(
        "address",
        "家庭住址",
        (
            "详细地址",
            "住址",
            "家庭地址",
            "地址",
            "现住址",
            "居住地址",
            "家庭详细地址",
            "常住地址",
            "户籍地址",
            "联系地址",
            "详细住址",
            "居住地",
            "现居住地址",
            "户籍住址",
        ),
    ),
    Column("remark", "备注", ("说明",)),
)
KEYS: tuple[str, ...] = tuple(column.key for column in COLUMNS)
TITLES: Mapping[str, str] = {column.key: column.title for column in COLUMNS}
ROW_TITLE = "原行号"  # of our own workbook of wrong rows alone, as is the last of these
IGNORED_TITLES = frozenset({"序号", "编号", ROW_TITLE, "错误原因"})

_DECORATION = re.compile(r"\s+|[*★:：“”\"]|[(（](?:必填|选填|可不填|文本格式|1[58]位)[)）]")
_IN_BRACKETS = re.compile(r"([^()]+)\(([^()]*)\)")
_FILLER = re.compile(r"(?:基本|身份|个人|联系)?(?:信息|情况|资料|栏)$")
HEAD = "户主"
_ANOTHER_PERSON = re.compile(r"受益人|监护人|投保人|联系人|代理人|代办人|经办人|申请人|领款人|帮扶|责任人|干部")
_RELATIVE = re.compile(r"配偶|爱人|夫妻|丈夫|妻子|父亲|母亲|父母|子女|儿子|女儿|家长")
# nothing but another person of the row, who may be written beside whose they are: 监护人（家长）, 学生家长
_BESIDE = re.compile(r"(?:监护人|投保人|受益人|法定|学生|儿童|被保险人|被保人|参保人|[/、,()或和及的])+")
# what is said of a head of household, or of a relative, says nothing of the person in the row
_OF_A_PERSON = frozenset({"name", "id_kind", "id_number", "sex", "birth_date", "relation"})
_OF_A_RELATIVE = _OF_A_PERSON - {"relation"}  # where the words are the ones to choose from
OF_A_ROW = frozenset({"household_no", "head_name", "head_id_number", "township", "village", "group", "remark"})


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """The columns that one kind of workbook has, and which column each spelling means."""

    columns: tuple[Column, ...]
    titles: Mapping[str, str] = field(init=False)
    keys: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        spelled = {header_text(text): one.key for one in self.columns for text in (one.title, *one.aliases)}
        object.__setattr__(self, "titles", {column.key: column.title for column in self.columns})
        object.__setattr__(self, "keys", spelled)

    def key_of(self, cell: Cell) -> str | None:
        return self.keys.get(header_text(cell)) if isinstance(cell, str) else None

    def loose_key_of(self, cell: Cell) -> str | None:
        """Also with a remark in brackets behind it: 性别（男/女）, or 姓名（户主） for 户主姓名."""
        found = _IN_BRACKETS.fullmatch(header_text(cell)) if isinstance(cell, str) else None
        return self.key_of(self.under(found[2], found[1])) if found else self.key_of(cell)

    def under(self, group: str, title: str) -> str:
        """The title of a column under that of several: 姓名 under 户主信息 is 户主姓名, under 基本信息 just 姓名.

        Where the group is another person, or the head of household or a relative and the column a person's, nobody
        else's is read.
        """
        whose = _FILLER.sub("", header_text(group))
        whole = f"{whose}{header_text(title)}"
        key = self.key_of(title)
        if self.key_of(whole) or _ANOTHER_PERSON.search(whose):
            return whole
        if is_somebody_else(title):  # a group within the group: whatever it is in, it stays somebody else's
            return title
        if key is None and header_text(title) not in IGNORED_TITLES and not self._names_somebody(title):
            return f"{group}{title}"  # a group within the group, whose columns follow, or one that is not read
        if _is_relative(whose) and key in _OF_A_RELATIVE:
            return whole
        return whole if whose == HEAD and key in _OF_A_PERSON else title

    def turns(self, group: str, title: str, *, wide: bool) -> bool:
        """Whether a title that names a column is another person's, or the head's, under the group.

        户主 above a single column may as well be a line of a form: 户主 周某. It tells of a `wide` group alone.
        """
        whose = _FILLER.sub("", header_text(group))
        if not (is_somebody_else(group) or (wide and whose == HEAD)):
            return False
        key = self.loose_key_of(title)
        return key is not None and key not in OF_A_ROW and self.loose_key_of(self.under(group, title)) != key

    def _names_somebody(self, group: str) -> bool:
        whose = _FILLER.sub("", header_text(group))
        return bool(whose) and self.key_of(f"{whose}姓名") is not None

    def required(self, *, township_needed: bool) -> list[Column]:
        return [one for one in self.columns if one.required or (township_needed and one.key == "township")]


def is_somebody_else(group: str) -> bool:
    """Whether a group's title names a person beside the insured one and nothing else; 投保人：某某 is no such title."""
    if ":" in fold(group):
        return False
    whose = _FILLER.sub("", header_text(group))
    return _is_relative(whose) or bool(_BESIDE.fullmatch(whose) and _ANOTHER_PERSON.search(whose))


def _is_relative(whose: str) -> bool:
    left, relatives = _RELATIVE.subn("", whose)
    return relatives > 0 and (not left or _BESIDE.fullmatch(left) is not None)


def header_text(cell: Cell) -> str:
    """A header as it is compared: folded, without spaces, line breaks and marks such as * or （必填）."""
    return _DECORATION.sub("", fold(as_text(cell)))


ROSTER = ColumnSet(COLUMNS)
