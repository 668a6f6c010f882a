"""load_regions: a county nobody here has heard of, loaded from its codes, gets an edition and a premium."""

import pytest

from orgs.models import AuditEvent, Region, RegionName
from orgs.scope import system_scope
from orgs.services.regions import FIXTURES
from tests.rules.editions import text_of

HEAD = "code,name,level,parent_code\n"
PLACE = (
    HEAD
    + """970000000000,某某省,province,
970100000000,某某市,city,970000000000
970102000000,某某县,county,970100000000
970102100000,东某镇,township,970102000000
970102101000,西某乡,township,970102000000
970102100201,前某村村民委员会,village,970102100000
970102100202,后某社区居委会,village,970102100000
"""
)
NAMES = "code,name,kind,valid_from,valid_to,source\n970102101000,西某公社,former,,1984-01-01,县志\n"
ZONES = "parent_code,name,alias,source\n970102000000,某某经济开发区,开发区,县里的文件\n"


@pytest.fixture
def load(places, run, tmp_path):
    def do(text, **more):
        words = []
        for name, content in {"regions": text, **more}.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(content, encoding="utf-8")
            words += [path] if name == "regions" else [f"--{name}", path]
        return run("load_regions", *words)

    return do


def kept():
    return list(Region.objects.order_by("pk").values_list("pk", "path", "name")), RegionName.objects.count()


def test_a_county_is_loaded_once(load):
    said = load(PLACE, names=NAMES, zones=ZONES)
    assert (said.code, said.document) == (0, {"regions": 7, "names": 1, "zones": 1, "known": 0})
    county = Region.objects.get(code="970102000000")
    below = Region.objects.filter(path__startswith=county.path).exclude(pk=county.pk).order_by("pk")
    assert [(one.name, one.level, one.zone) for one in below] == [
        ("东某镇", "township", False), ("西某乡", "township", False),
        ("前某村", "village", False), ("后某社区", "village", False), ("某某经济开发区", "county", True),
    ]  # fmt: skip
    assert all(one.path == one.parent.path + f"{one.pk:06d}" for one in below)
    assert set(RegionName.objects.filter(region__in=below).values_list("name", flat=True)) == {
        "前某村村民委员会", "后某社区居委会", "西某公社", "开发区",
    }  # fmt: skip
    before = kept()
    again = load(PLACE, names=NAMES, zones=ZONES)
    assert again.document == {"regions": 0, "names": 0, "zones": 0, "known": 8}
    assert kept() == before
    with system_scope("tests"):
        assert AuditEvent.objects.filter(action="region.add").count() == 1


def test_what_is_missing_is_added_to_what_is_there(load):
    load(PLACE)
    more = load(f"{HEAD}970102102000,北某镇,township,970102000000\n970102102201,北一村,village,970102102000\n")
    assert more.document["regions"] == 2
    assert Region.objects.get(code="970102102201").path_ids[-3:-1] == [
        Region.objects.get(code=code).pk for code in ("970102000000", "970102102000")
    ]


def test_the_portals_own_codes_are_there_already(load):
    before = kept()
    said = load((FIXTURES / "regions.csv").read_text(encoding="utf-8-sig"),
                names=(FIXTURES / "names.csv").read_text(encoding="utf-8-sig"),
                zones=(FIXTURES / "zones.csv").read_text(encoding="utf-8-sig"))  # fmt: skip
    assert (said.code, said.document["regions"], said.document["names"], said.document["zones"]) == (0, 0, 0, 0)
    assert kept() == before


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("97010210300,少一位镇,township,970102000000", "第9行代码“97010210300”应是 12 位数字"),
        ("９７０１０２１０３０００,全角镇,township,970102000000", ""),
        ("9.70102E+11,科学镇,township,970102000000", "设成文本"),
        ("970102103000,某镇,town,970102000000", "层级“town”应是 province、city、county、township、village 之一"),
        ("970102103001,某镇,township,970102000000", "不是township的代码"),
        ("970102103000,某村,village,970102100000", "不是village的代码"),
        ("970102103000,,township,970102000000", "没有写名称"),
        ("970102103000,某镇,township,", "没有写上级代码"),
        ("970102103000,某镇,township,970109000000", "上级 970109000000 既不在文件里，也没有登记"),
        ("970102103000,某镇,township,970102101000", "的层级（township）应高于"),
        ("980102103000,某镇,township,970102000000", "与上级 970102000000 的前 6 位不一致"),
        ("970102101000,西某乡,township,970102000000", "代码 970102101000 重复"),
        ("970102103000,东某镇,township,970102000000", "“东某镇”与 970102100000 同名"),
        ("980000000000,某省,province,970000000000", "没有上级"),
        ("500101028000,乱某镇,township,500101000000", "已登记为“天城街道”，文件写“乱某镇”"),
        ("500101028000,天城镇,township,500101000000", ""),
        ("500101028000,天城街道,township,500000000000", "与文件的上级 500000000000 不符"),
        (f"970102103000,{'长' * 61},township,970102000000", "name 有 61 个字，最多 60 个"),
        ('970102103000,"某镇,township,970102000000', "不是 CSV 表格"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_nothing_written(load, row, told):
    before = kept()
    said = load(f"{PLACE}{row}\n")
    if not told:
        assert said.code == 0, said.err
        return
    assert said.code == 1
    assert told in said.err
    assert said.errors[0].endswith("regions.csv:9") or "CSV" in told
    assert kept() == before


def test_every_problem_of_every_file_is_named_at_once(load):
    said = load(
        f"{PLACE}1,a,b,c\n970102103000,某镇,township,1\n",
        names="code,name,kind,valid_from,valid_to\n1,某,alias,,\n970102100000,某,nick,昨天,\n970102100000,某,alias,2021-02-01,2021-01-01\n",
        zones="parent_code,name\n970102100000,某区\n",
    )
    assert said.code == 1
    for words in (
        "12 位数字",
        "层级“b”",
        "代码“1”既不在",
        "类别“nick”",
        "“昨天”应是日期",
        "“某”重复",
        "早于启用日期",
        "上级“970102100000”应是",
    ):
        assert words in said.err, words


@pytest.mark.parametrize("text", ["", "code,name\n", HEAD])
def test_a_file_without_rows_is_refused(load, text):
    assert load(text).code == 1


def test_an_edition_of_the_new_county_is_published_and_priced(load, run, tmp_path):
    """The county's own document, with its townships' names as the notice writes them."""
    load(PLACE, names=NAMES)
    text = text_of("xiangning-2024").replace("141029000000", "970102000000").replace("xiangning-2024", "moumou-2024")
    path = tmp_path / "moumou.yaml"
    path.write_text(text.replace("乡宁县农村居民小额意外保险中标", "某某县中标"), encoding="utf-8")
    assert run("load_edition", path, "--publish").code == 0
    census = tmp_path / "census.csv"
    census.write_text("region,persons,households\n西某公社,7,2\n970102100000,3,1\n", encoding="utf-8")
    answer = run("split_premium", "moumou-2024", "--census", census).document
    assert (answer["total"], {row["region"]: row["premium"] for row in answer["rows"]}) == (
        "200.00", {"970102100000": "60.00", "970102101000": "140.00"},
    )  # fmt: skip
