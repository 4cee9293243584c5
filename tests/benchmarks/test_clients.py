"""The arithmetic of the clients: when they send, and what a percentile is."""

from itertools import pairwise

import pytest

from tests.benchmarks.clients import arrivals, percentile


def test_arrivals_are_as_many_as_asked_for_and_spread_over_the_time() -> None:
    """Ten thousand expected ones are within four standard deviations of that, half of them in the first half."""
    times = list(arrivals(1000, 10))
    assert len(times) == pytest.approx(10_000, abs=400)
    assert sum(time < 5 for time in times) == pytest.approx(5_000, abs=300)
    assert times == sorted(times)
    assert 0 < times[0] <= times[-1] < 10


def test_gaps_between_arrivals_are_random() -> None:
    """The standard deviation of exponential gaps is their mean; that of even ones is none."""
    times = list(arrivals(1000, 10))
    gaps = [later - earlier for earlier, later in pairwise(times)]
    mean = sum(gaps) / len(gaps)
    deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert deviation == pytest.approx(mean, rel=0.1)


def test_arrivals_are_the_same_for_every_server() -> None:
    """Whoever is compared gets the same bursts."""
    assert list(arrivals(100, 2)) == list(arrivals(100, 2))


def test_a_percentile_is_one_of_the_values() -> None:
    """The smallest that so many of a hundred do not exceed, in whatever order they come."""
    values = [float(number) for number in range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (1, 50, 95, 99, 100)] == [1, 50, 95, 99, 100]
    assert percentile([7.0], 99) == 7
