"""The people of the trial: synthetic, one of every role. They exist in trial mode only."""

from dataclasses import dataclass

from orgs.models import Organization, Role

Kind = Organization.Kind
DEMO_PASSWORD = "shiyong-2021-mima"  # noqa: S105


@dataclass(frozen=True)
class DemoPerson:
    username: str
    name: str
    role: str
    organization: str
    short_name: str
    kind: str
    township: str = ""

    @property
    def label(self) -> str:
        return f"{self.name}，{self.short_name}，{Role(self.role).label}"


PICC, LIFE, PING_AN = (
    "中国人民财产保险股份有限公司万州分公司",
    "中国人寿保险股份有限公司重庆市万州区支公司",
    "中国平安财产保险股份有限公司万州中心支公司",
)

DEMO_PEOPLE = (
    DemoPerson("dazhou.zhou", "周某", Role.CLERK, "大周镇人民政府", "大周镇", Kind.TOWNSHIP, "大周镇"),
    DemoPerson("ganning.he", "何某", Role.CLERK, "甘宁镇人民政府", "甘宁镇", Kind.TOWNSHIP, "甘宁镇"),
    DemoPerson("xintian.xiang", "向某", Role.CLERK, "新田镇人民政府", "新田镇", Kind.TOWNSHIP, "新田镇"),
    DemoPerson("picc.peng", "彭某", Role.ADJUSTER, PICC, "人保财险万州分公司", Kind.INSURER),
    DemoPerson("picc.tang", "唐某", Role.APPROVER, PICC, "人保财险万州分公司", Kind.INSURER),
    DemoPerson("life.liang", "梁某", Role.ADJUSTER, LIFE, "中国人寿万州区支公司", Kind.INSURER),
    DemoPerson("life.luo", "罗某", Role.APPROVER, LIFE, "中国人寿万州区支公司", Kind.INSURER),
    DemoPerson("pingan.tan", "谭某", Role.ADJUSTER, PING_AN, "平安财险万州中心支公司", Kind.INSURER),
    DemoPerson("pingan.mou", "牟某", Role.APPROVER, PING_AN, "平安财险万州中心支公司", Kind.INSURER),
    DemoPerson("caizheng.ran", "冉某", Role.FINANCE, "万州区财政局", "区财政局", Kind.FINANCE),
    DemoPerson("zhuguan.xiong", "熊某", Role.AUTHORITY, "万州区乡村振兴局", "区乡村振兴局", Kind.AUTHORITY),
    DemoPerson("zhuguan.deng", "邓某", Role.AUTHORITY, "万州区乡村振兴局", "区乡村振兴局", Kind.AUTHORITY),
    DemoPerson("rending.xu", "徐某", Role.CERTIFIER, "万州区应急管理局", "区应急管理局", Kind.CERTIFIER),
    DemoPerson("shenji.yan", "严某", Role.AUDITOR, "万州区审计局", "区审计局", Kind.AUDIT),
    DemoPerson("admin.guan", "管某", Role.ADMINISTRATOR, "万州区政策保险系统管理", "系统管理", Kind.ADMINISTRATION),
)
