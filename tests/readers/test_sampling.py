"""A sample depends on seed and ids alone: repeatable, in the file's order, each stratum with its share."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.readers import guess, read_table
from lib.readers.mapping import Mapping
from lib.readers.mapping import rows as read_rows
from lib.readers.sampling import Sample, draw, proportional
from lib.records import ImportedRow, Trace, UsageError
from lib.store.dataset import traces
from lib.workflow.dataset import exchange, reading


def some(n: int, values: str = "aab") -> list[ImportedRow]:
    return [ImportedRow(Trace(f"t{number}", "x", "y", dimensions={"topic": (values[number % len(values)],)}), number)
            for number in range(n)]


def ids(rows: list[ImportedRow]) -> list[str]:
    return [row.trace.id for row in rows]


def of(rows: list[ImportedRow], value: str) -> int:
    return sum(row.trace.dimensions["topic"] == (value,) for row in rows)


@given(st.integers(1, 60), st.integers(1, 80), st.integers())
def test_a_sample_has_its_size_and_the_file_s_order(n, size, seed):
    drawn = draw(some(n), Sample(size, seed))
    assert len(drawn) == min(n, size) and [row.line for row in drawn] == sorted(row.line for row in drawn)


@given(st.integers(1, 60), st.integers(1, 80), st.integers(), st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(n, size, seed, chance: random.Random):
    mixed = some(n)
    chance.shuffle(mixed)
    assert set(ids(draw(mixed, Sample(size, seed)))) == set(ids(draw(some(n), Sample(size, seed))))


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_larger_sample_holds_the_smaller_one(n, size):
    assert set(ids(draw(some(n), Sample(size)))) <= set(ids(draw(some(n), Sample(size + 1))))


@given(st.dictionaries(st.tuples(st.text(max_size=3)), st.integers(1, 50), min_size=1, max_size=8), st.integers(1, 300))
def test_shares_add_up_and_differ_from_the_exact_ones_by_less_than_one(sizes, n):
    shares, total = proportional(sizes, n), sum(sizes.values())
    assert sum(shares.values()) == min(n, total)
    assert all(abs(shares[value] - min(n, total) * size / total) < 1 and shares[value] <= size
               for value, size in sizes.items())


def test_strata_by_size_and_so_many_of_every_value():
    rows = some(90)  # 60 of a, 30 of b
    drawn = draw(rows, Sample(12, by="topic"))
    assert (of(drawn, "a"), of(drawn, "b")) == (8, 4)
    drawn = draw(rows, Sample(40, by="topic", each=True))
    assert (of(drawn, "a"), of(drawn, "b")) == (40, 30)


def test_another_seed_draws_another_sample():
    assert ids(draw(some(60), Sample(10, 1))) != ids(draw(some(60), Sample(10, 2)))


@pytest.mark.parametrize(("sample", "said"), [
    (Sample(0), "A sample of 0 traces is none: name a number of 1 or more."),
    (Sample(5, by="colour"), "No trace has the dimension 'colour'. Name one that the import reads.")])
def test_a_sample_that_cannot_be_is_refused_with_the_cure(sample, said):
    with pytest.raises(UsageError) as refused:
        draw(some(9), sample)
    assert str(refused.value) == said


FILE = b"id,input,topic\n" + b"".join(b"%d,question %d,%s\n" % (n, n, b"ab"[n % 2:n % 2 + 1]) for n in range(40))


def test_importing_the_same_sample_twice_adds_nothing_and_the_record_keeps_it(db):
    table = read_table("t.csv", FILE)
    mapping = Mapping(id="id", input="input", dimensions=("topic",), sample=Sample(10, 3, "topic", True))
    assert exchange.import_table(db, table, mapping).traces == 20
    again = exchange.import_table(db, table, mapping)
    assert (again.added, again.identical, traces.count(db)) == (0, 20, 20)
    assert '"sample": {"n": 10, "seed": 3, "by": "topic", "each": true}' in db.value("select mapping from imports")


def test_the_preview_counts_the_sample_and_the_whole():
    table = read_table("t.csv", FILE)
    mapping = Mapping(id="id", input="input", sample=Sample(10))
    seen = reading.report_of(None, reading.read(None, table, mapping)).counts
    assert (seen.traces, seen.whole, seen.repeated, len(read_rows(table, mapping))) == (10, 40, 0, 10)
    assert reading.read(None, table, guess(table)).whole == 40
