"""Why this test exists: whatever is given, there is a right answer or one clear sentence. Options
are read from the components themselves and files damaged at random: nobody chose these cases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from .outcome import GOOD, Case, Part, outcome
from .parts import PARTS

SETTINGS = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


@pytest.mark.parametrize("part", [part for part in PARTS if part.few], ids=lambda part: part.name)
def test_right_or_one_sentence(part: Part):
    @settings(SETTINGS, max_examples=part.few)
    @given(part.cases)
    def check(case: Case) -> None:
        kind, said = outcome(case)
        assert kind in GOOD, f"{case!r}: {kind.value}: {said}"

    check()
