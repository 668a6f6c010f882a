"""Synthetic people, visibly so: 某 in every name, telephones from 10000000001 on, accounts of zeros."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from calc.id_number import as_18, check_digit

LAST_BIRTH = date(2020, 12, 31)  # so that rosters of 2021 hold nobody unborn
MAX_AGE_DAYS = 95 * 365
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
    "陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
)
_GIVEN = "英华芳明兰平秀国珍军强丽敏静勇艳杰娟涛超霞刚桂玉萍红建文辉力庆永福贵富根山田水木林森春夏秋冬梅菊竹松柏云雨雪"
# names as they come in minority districts and with rare characters
_RARE = ("阿某·买买提", "古丽某·艾山", "冉某㛃", "向某垚", "谭某䶮", "覃某𬱖")
# county codes that older people still carry: the codes of a place change, the person's number does not
_OLD_AREAS = ("512221", "512201", "510212", "422825", "372501", "142629", "612430")
_HONG_KONG_MACAO_TAIWAN = ("810000", "820000", "830000")


@dataclass(frozen=True, slots=True)
class MadePerson:
    """One line of a roster as text, before a defect is planted."""

    name: str
    id_kind: str
    id_number: str
    sex: str
    birth_date: str
    household_no: str
    head_name: str
    head_id_number: str
    relation: str
    township: str
    village: str
    group: str
    phone: str
    bank: str
    bank_account: str
    address: str
    remark: str = ""


def make_households(
    rng: random.Random, townships: Sequence[tuple[str, str, Sequence[str]]]
) -> Iterator[list[MadePerson]]:
    """Households without end, going round the townships and villages; no ID number comes twice."""
    used: set[str] = set()
    number = 0
    places = [(name, code, village) for name, code, villages in townships for village in villages]
    rng.shuffle(places)
    while True:
        for township, code, village in places:
            number += 1
            yield _household(rng, used, number=number, township=township, area=code[:6], village=village)


def _household(
    rng: random.Random, used: set[str], *, number: int, township: str, area: str, village: str
) -> list[MadePerson]:
    member = partial(_person, rng, used, area=area, household=number, township=township, village=village)
    head = member(relation="户主", ages=(20, 95))
    head = replace(head, head_name=head.name, head_id_number=head.id_number)
    others = [
        replace(
            member(relation=relation, ages=ages),
            head_name=head.name,
            head_id_number=head.id_number,
        )
        for relation, ages in _family(rng)
    ]
    return [head, *others]


def _family(rng: random.Random) -> list[tuple[str, tuple[int, int]]]:
    possible = [
        ("配偶", (20, 90)),
        ("子", (0, 60)),
        ("女", (0, 60)),
        ("父亲", (50, 95)),
        ("母亲", (50, 95)),
        ("孙子", (0, 20)),
    ]
    return [member for member in possible if rng.random() < 0.4]


def _person(
    rng: random.Random,
    used: set[str],
    *,
    area: str,
    household: int,
    township: str,
    village: str,
    relation: str,
    ages: tuple[int, int],
) -> MadePerson:
    born = LAST_BIRTH - timedelta(days=rng.randrange(ages[0] * 365, min(ages[1] * 365 + 364, MAX_AGE_DAYS)))
    sex = {"子": "男", "父亲": "男", "孙子": "男", "女": "女", "母亲": "女"}.get(relation) or rng.choice("男女")
    kind, id_number = _new_number(rng, used, area, born, sex)
    serial = len(used)
    return MadePerson(
        name=_name(rng),
        id_kind=kind,
        id_number=id_number,
        sex=sex,
        birth_date=born.isoformat(),
        household_no=f"H{household:07d}",
        head_name="",
        head_id_number="",
        relation=relation,
        township=township,
        village=village,
        group=f"{rng.randint(1, 12)}组",
        phone=f"1{serial:010d}" if rng.random() < 0.8 else "",
        bank="某某农村商业银行",
        bank_account=f"620000{serial:013d}",
        address=f"{township}{village}{rng.randint(1, 300)}号",
    )


def _name(rng: random.Random) -> str:
    if rng.random() < 0.003:
        return rng.choice(_RARE)
    return f"{rng.choice(_SURNAMES)}某{rng.choice(_GIVEN)}"


def _new_number(rng: random.Random, used: set[str], area: str, born: date, sex: str) -> tuple[str, str]:
    """(证件类型, number) that nobody has yet."""
    while True:
        kind, number = _number(rng, area, born, sex)
        if as_18(number) not in used:
            used.add(as_18(number))
            return kind, number


def _number(rng: random.Random, area: str, born: date, sex: str) -> tuple[str, str]:
    order = f"{rng.randrange(500) * 2 + (sex == '男'):03d}"
    kind, draw = "居民身份证", rng.random()
    if draw < 0.002:
        kind, area = "港澳台居民居住证", rng.choice(_HONG_KONG_MACAO_TAIWAN)
    elif draw < 0.003:
        kind, area = "外国人永久居留身份证", f"950{rng.choice(('840', '410', '124'))}"
    elif born.year < 1990 and draw < 0.006:
        return kind, f"{area}{born:%y%m%d}{order}"
    elif born.year < 1985 and draw < 0.2:
        area = rng.choice(_OLD_AREAS)
    head = f"{area}{born:%Y%m%d}{order}"
    return kind, head + check_digit(head)
