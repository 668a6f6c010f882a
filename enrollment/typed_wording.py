"""What a comparison found, said where somebody types: there is no file to mend there and no preview to look at."""

from collections.abc import Mapping

WAITS = "没有写错的，点下面的“送区县裁定”保存，结果以后在“名册导入”里打开这一批看"
COUNTY = "情况有变的，请联系区县主管部门"
LIST = "名单有误的，请带证明联系主管部门更正名单"
SAID = {  # by kind of finding, where the words for a file don't hold
    "enrolled_elsewhere": "该证件暂不能在本乡镇登记，要由区县裁定；请核对号码，" + WAITS,
    "other_name": "与本乡镇名册上同一证件的姓名不同，要由区县裁定；写错了请在这里改，" + WAITS,
    "decided_before": "这一行区县已经裁定过，维持原来的登记，请清空这一行；" + COUNTY,
}
SAID_OF_ONE = {"decided_before": "区县已经裁定过，维持原来的登记，请照原来的填；" + COUNTY}  # in the form of one person
MENDED = {"endorsed_out": "请清空这一行；要重新参保的，名册生效后请办批改增员"}
LISTED = "listed_"


def said_in_grid(problem: Mapping[str, str]) -> str:
    """What is wrong with a row of the grid, and what to do about it there."""
    kind = problem["kind"]
    if kind in SAID:
        return SAID[kind]
    mend = f"属实的请清空这一行；{LIST}后再录" if kind.startswith(LISTED) else MENDED.get(kind, problem["mend"])
    message = problem["message"].replace("导入", "录入") if kind in MENDED else problem["message"]
    return f"{message}，{mend}"


def said_of_one(problem: Mapping[str, str]) -> str:
    """The same in the form of one person who is on the roster."""
    kind = problem["kind"]
    if kind in SAID_OF_ONE:
        return SAID_OF_ONE[kind]
    mend = f"属实的请办减员；{LIST}后再改" if kind.startswith(LISTED) else problem["mend"]
    return f"{problem['message']}，{mend}"
