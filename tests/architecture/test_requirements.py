"""The rows of docs/requirements.md and the tests that carry them."""

from tests.requirements import carried, rows


def test_tests_carry_rows_that_exist() -> None:
    assert {row: places for row, places in carried().items() if row not in rows()} == {}


def test_every_row_has_a_sentence() -> None:
    known = rows()
    assert len([row for row in known if row.startswith("SK-")]) == 106
    assert all(known.values())
