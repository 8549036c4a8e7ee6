"""Why this test exists: printed numbers are copied into papers; their digits must be honest."""

from __future__ import annotations

import pytest

from hotaxion.analysis.text import mean_and_sigma, significant, text_table


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.53061, 0.004, "0.531"),
        (0.5123, 0.2, "0.51"),
        (67.4321, 0.52, "67.4"),
        (123.4, 300.0, "123"),
        (1.0741e7, 2.1e4, "1.074e+07"),
        (2.5271e-5, 3.1e-7, "2.53e-05"),
        (0.5, 0.0, "0.5"),
        (0.5, float("nan"), "0.5"),
        (0.0, 0.01, "0"),
    ],
)
def test_digits_follow_the_error(value, error, text):
    assert significant(value, error) == text


@pytest.mark.parametrize(
    ("mean", "sigma", "text"),
    [
        (0.0223612, 0.000152, "0.02236 ± 0.00015"),
        (67.4321, 0.52, "67.43 ± 0.52"),
        (2.5271e-5, 3.1e-7, "(2.527 ± 0.031)e-05"),
        (-0.5, 12.0, "0 ± 12"),
        (0.5, 0.0, "0.5 ± 0"),
    ],
)
def test_mean_and_sigma_share_their_digits(mean, sigma, text):
    assert mean_and_sigma(mean, sigma) == text


def test_columns_are_aligned():
    lines = text_table([["a", "value"], ["long name", "1"], ["b", "22"]]).splitlines()
    assert lines == ["a          value", "---------  -----", "long name      1", "b             22"]
