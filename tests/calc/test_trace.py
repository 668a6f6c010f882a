import json

import pytest

from calc.trace import Step, steps_from_json, steps_to_json


def test_steps_survive_json():
    steps = (
        Step("", "单次住院合规医疗费用", "30,000.00", "五（二）", balance="30,000.00"),
        Step("判", "达到", "", "五（二）"),
    )
    assert steps_from_json(json.loads(json.dumps(steps_to_json(steps)))) == steps


def test_a_key_that_no_step_has_is_refused():
    with pytest.raises(TypeError):
        steps_from_json([{"op": "", "label": "", "value": "", "clause": "", "extra": ""}])
