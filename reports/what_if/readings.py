"""The readings taken where a comparison with the past leaves one open; page and workbook print them."""


def readings_of(period: str) -> tuple[tuple[str, str], ...]:
    """Title and text of each. `period` is that of the past edition, as printed."""
    return (
        (
            "期间",
            f"条款用新的，保险期间仍按原年度 {period}，案件日期不改；新条款自己的期间、修订自己的起日不参与测算。",
        ),
        (
            "先后",
            "按原来获批的先后逐案测算，每人、每户、每处房屋和全年度的限额从头用起，前面的先用；同一天出险算同一次。",
        ),
        ("对比", "原赔付取案件里获批的金额；未能测算的案件不进入对比，另列件数和原赔付。差额＝新条款应赔−可比原赔付。"),
        ("事实", "只用原案件报的事实；新条款没有的事实略去，新条款算钱要用而原案件没有的，列为未能测算，不作猜测。"),
        ("原拒赔", "原来理算为 0 而拒赔的案件排在最后测算，单独列出，不进入差额；因其他原因拒赔或撤案的不测算。"),
        ("范围", "只算提出测算的人看得到的案件；每案四舍五入到分，各行合计等于总计。"),
    )
