"""The people of the trial: synthetic, one of every role. They exist in trial mode only."""

from collections.abc import Iterator
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
    edition: str = "wanzhou-2021"
    village: str = ""  # of the township, for who works for one alone

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

XIANGNING, ZHENPING, DAZU, LIAOCHENG = "xiangning-2024", "zhenping-2016", "dazu-2024", "liaocheng-2022"
BIDDER, COUNTY_LIFE, PICC_DAZU, LEAD = (  # as the editions name them
    "乡宁县农村居民小额意外保险中标承保机构",
    "镇坪县人寿保险公司",
    "中国人民财产保险股份有限公司大足支公司",
    "聊城市灾害民生综合保险共保体主承保机构",
)
RENSHE, XIANZHENG, JINRONG, YINGJI = (
    ("乡宁县人力资源和社会保障局", "县人社局", Kind.AUTHORITY),
    ("镇坪县人民政府办公室", "县政府办", Kind.AUTHORITY),
    ("大足区金融发展事务中心", "区金融中心", Kind.AUTHORITY),
    ("聊城市应急管理局", "市应急局", Kind.AUTHORITY),
)
PLACES = {  # in the order in which they are told
    "wanzhou-2021": "万州区", XIANGNING: "乡宁县", ZHENPING: "镇坪县", DAZU: "大足区", LIAOCHENG: "聊城市",
}  # fmt: skip

# The other places: two of the authority, since publishing takes a second person, and both sides of an insurer.
OTHER_PEOPLE = (
    DemoPerson("xn.zhuguan.niu", "牛某", Role.AUTHORITY, *RENSHE, "", XIANGNING),
    DemoPerson("xn.zhuguan.hao", "郝某", Role.AUTHORITY, *RENSHE, "", XIANGNING),
    DemoPerson("xn.changning.yan", "闫某", Role.CLERK, "昌宁镇人民政府", "昌宁镇", Kind.TOWNSHIP, "昌宁镇", XIANGNING),
    DemoPerson("xn.guanghua.xue", "薛某", Role.CLERK, "光华镇人民政府", "光华镇", Kind.TOWNSHIP, "光华镇", XIANGNING),
    DemoPerson("xn.taitou.ren", "任某", Role.CLERK, "台头镇人民政府", "台头镇", Kind.TOWNSHIP, "台头镇", XIANGNING),
    DemoPerson(
        "xn.gaojiahe.wei",
        "魏某",
        Role.CLERK,
        "台头镇高家河村村民委员会",
        "高家河村",
        Kind.TOWNSHIP,
        "台头镇",
        XIANGNING,
        "高家河村",
    ),
    DemoPerson("xn.huji.bai", "白某", Role.POLICE, "乡宁县公安局", "县公安局", Kind.POLICE, "", XIANGNING),
    DemoPerson("xn.lipei.qiao", "乔某", Role.ADJUSTER, BIDDER, "中标承保机构", Kind.INSURER, "", XIANGNING),
    DemoPerson("xn.hepei.kang", "康某", Role.APPROVER, BIDDER, "中标承保机构", Kind.INSURER, "", XIANGNING),
    DemoPerson("zp.zhuguan.luo", "罗某", Role.AUTHORITY, *XIANZHENG, "", ZHENPING),
    DemoPerson("zp.zhuguan.chen", "陈某", Role.AUTHORITY, *XIANZHENG, "", ZHENPING),
    DemoPerson("zp.zengjia.gong", "龚某", Role.CLERK, "曾家镇人民政府", "曾家镇", Kind.TOWNSHIP, "曾家镇", ZHENPING),
    DemoPerson("zp.lipei.ke", "柯某", Role.ADJUSTER, COUNTY_LIFE, "县人寿保险公司", Kind.INSURER, "", ZHENPING),
    DemoPerson("zp.hepei.wen", "文某", Role.APPROVER, COUNTY_LIFE, "县人寿保险公司", Kind.INSURER, "", ZHENPING),
    DemoPerson("dz.zhuguan.long", "龙某", Role.AUTHORITY, *JINRONG, "", DAZU),
    DemoPerson("dz.zhuguan.tian", "田某", Role.AUTHORITY, *JINRONG, "", DAZU),
    DemoPerson("dz.lipei.zuo", "左某", Role.ADJUSTER, PICC_DAZU, "人保财险大足支公司", Kind.INSURER, "", DAZU),
    DemoPerson("dz.hepei.fu", "傅某", Role.APPROVER, PICC_DAZU, "人保财险大足支公司", Kind.INSURER, "", DAZU),
    DemoPerson("lc.zhuguan.yue", "岳某", Role.AUTHORITY, *YINGJI, "", LIAOCHENG),
    DemoPerson("lc.zhuguan.jiang", "姜某", Role.AUTHORITY, *YINGJI, "", LIAOCHENG),
    DemoPerson("lc.caizheng.shao", "邵某", Role.FINANCE, "聊城市财政局", "市财政局", Kind.FINANCE, "", LIAOCHENG),
    DemoPerson("lc.lipei.geng", "耿某", Role.ADJUSTER, LEAD, "主承保机构", Kind.INSURER, "", LIAOCHENG),
    DemoPerson("lc.hepei.qi", "祁某", Role.APPROVER, LEAD, "主承保机构", Kind.INSURER, "", LIAOCHENG),
)


def people_by_place() -> Iterator[str]:
    """The people as `make run` lists them: one line each for Wanzhou, one line a place for the others."""
    for code, place in PLACES.items():
        if code == DEMO_PEOPLE[0].edition:
            yield f"{place}："
            yield from (f"  {person.username:<18}{person.label}" for person in DEMO_PEOPLE)
            continue
        told = (f"{one.username} {Role(one.role).label}" for one in OTHER_PEOPLE if one.edition == code)
        yield f"{place}：{'，'.join(told)}"
