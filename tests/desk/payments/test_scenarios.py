"""Every payment scenario at each platform ends as the table says: paid once, returned, or frozen for a person."""

import pytest

from tests.harness.desk.scenarios import SCENARIOS, Scenario, played
from tui.core.payment_method import PaymentMethod

CASES = [(scenario, method) for scenario in SCENARIOS for method in PaymentMethod if scenario.expected(method)]


@pytest.mark.parametrize(("scenario", "method"), CASES, ids=[f"{s.name}-{m.value}" for s, m in CASES])
def test_a_scenario_ends_as_the_table_says(scenario: Scenario, method: PaymentMethod) -> None:
    assert played(scenario, method) == scenario.expected(method)
