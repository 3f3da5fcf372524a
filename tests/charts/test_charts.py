"""Every chart draws with data and without, and what users wrote is data in it, never an instruction."""

import json
import re

import pytest

from lib.charts import CHARTS
from lib.charts.grids import MEASURES, Square
from lib.charts.over_time import HIGHER, LOWER, STEADY
from lib.charts.palette import ORANGE, TEAL, filled
from lib.records import Cell, Counts, Figure
from lib.records.rating import Tally
from lib.statistics.breakdowns import agreement_by, by_date
from lib.statistics.metrics import all_figures
from lib.statistics.versions import Measured
from lib.ui import charted
from tests.support.judge.drawn_charts import cells, dot, drawn

HOSTILE = ("https://evil.example/x.png", "datum.n = alert(1)", "{'expr': 'now()'}", "<img src=x onerror=alert(1)>",
           "![a](http://evil.example/a.png)", "a.b[0]\\", 'quote " \' ', "line\nbreak",
           "\u202eright to left", ":count:Q", "a\u2028b", "\x01", "value", "datum")
# Everything in Vega-Lite that fetches, evaluates or links: none may hold what a user wrote.
ACTIVE = ("url", "href", "expr", "signal", "calculate", "filter", "labelExpr")


def under(spec: dict, part: str = "subtitle") -> str:
    """A chart's title or subtitle, its lines joined; each is plain text, or numbers of letters, and nothing else."""
    if isinstance(said := spec["title"][part], dict):
        return {spoken(one) for one in EXPRESSION.fullmatch(said["expr"]).groups()}.pop()
    assert all(isinstance(line, str) for line in said)
    return " ".join(said)


LINES = r"\[((?:'(?:\\u[0-9a-f]{4})*'(?:, )?)+)\]"
EXPRESSION = re.compile(rf"containerSize\(\)\[0\] < 500 \? {LINES} : containerSize\(\)\[0\] < 800 \? {LINES} : {LINES}")


def spoken(lines: str) -> str:
    return " ".join(json.loads(f'"{line}"') for line in re.findall("'([^']*)'", lines))


def nodes(spec):
    if isinstance(spec, dict):
        for key, value in spec.items():
            yield key, value
            yield from nodes(value)
    elif isinstance(spec, list):
        for part in spec:
            yield from nodes(part)


def data_of(spec: dict) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows]


def test_every_row_of_the_table_is_tried_here():
    assert set(CHARTS) == {"rates", "modes", "coverage", "heat", "saturation", "agreement", "slices", "drift",
                           "over_time", "trend", "coverage_risk", "histogram", "reliability"}
    assert all(chart.name == name and chart.help for name, chart in CHARTS.items())


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_draws_without_data(name):
    assert drawn(name, ())["layer"]


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_draws_its_data(name):
    assert len(data_of(drawn(name, ("one", "two")))) >= 2


@pytest.mark.parametrize("name", CHARTS)
def test_what_users_wrote_is_neither_fetched_nor_evaluated(name):
    spec = drawn(name, HOSTILE)
    active = [value for key, value in nodes(spec) if key in ACTIVE]
    # Vega-Lite writes a listed order into an expression: a control character in it, or hundreds of names, break that.
    active += [value for key, value in nodes(spec) if key == "sort" and isinstance(value, list)]
    active = [said for said in active if said != ["Agreement", "TPR", "TNR"]]  # words of ours
    assert not [word for word in HOSTILE if json.dumps(word)[1:-1] in json.dumps(active)]


def test_a_heat_map_stands_in_the_order_it_is_given_and_not_in_that_of_its_squares():
    squares = [Square(row, column, 0.5, 1, 2) for row, column in (("b", "y"), ("a", "x"), ("a", "y"))]
    spec = json.loads(CHARTS["heat"].draw(squares, ["a", "b"], ["x", "y"], "t", "w").to_json())
    assert {(one["row"], one["row_at"], one["column"], one["column_at"]) for one in data_of(spec)} == {
        ("b", 1, "y", 1), ("a", 0, "x", 0), ("a", 0, "y", 1)}
    for layer in spec["layer"]:
        assert layer["encoding"]["y"]["sort"] == {"field": "row_at", "op": "min"}
        assert layer["encoding"]["x"]["sort"] == {"field": "column_at", "op": "min"}


def test_the_one_name_that_is_no_key_in_a_browser_is_drawn_with_a_sign_nobody_sees():
    assert [one["value"] for one in data_of(drawn("rates", ("__proto__",)))] == ["\u2060__proto__"]


@pytest.mark.parametrize(("name", "field"), [("rates", "value"), ("modes", "mode"), ("coverage", "row"),
                                             ("heat", "row"),
                                             ("drift", "date"), ("over_time", "date")])
def test_hostile_names_stay_data_letter_by_letter(name, field):
    assert {row[field] for row in data_of(drawn(name, HOSTILE))} == set(HOSTILE)


def test_a_dimension_called_like_an_expression_stays_in_the_title():
    spec = json.loads(CHARTS["rates"].draw(cells([("a", 1, 2)]), HOSTILE[2], HOSTILE[0]).to_json())
    assert HOSTILE[2] in under(spec, "text") and HOSTILE[0] in under(spec)


def test_values_without_an_outcome_are_not_drawn():
    spec = json.loads(CHARTS["rates"].draw(cells([("a", 1, 2), ("b", 0, 0)]), "topic", "labels").to_json())
    assert [row["value"] for row in data_of(spec)] == ["a"]


def test_a_click_can_select_a_value_and_a_mode():
    assert {"rates": "value", "modes": "mode", "heat": "cell"} == {
        name: drawn(name, ("one",))["params"][0]["name"] for name in ("rates", "modes", "heat")}


def test_a_click_can_select_a_point_over_time_where_the_page_lists_its_traces():
    rates = by_date([("2026-03", Tally(8, 2))])
    spec = json.loads(CHARTS["drift"].draw(rates, "share", "labels", "week", pressed=True).to_json())
    assert [(one["name"], one["select"]["fields"]) for one in spec["params"]] == [("point", ["date"])]
    assert "params" not in json.loads(CHARTS["drift"].draw(rates, "share", "labels").to_json())
    assert (data_of(spec)[0]["date"], data_of(spec)[0]["count"], data_of(spec)[0]["n"]) == ("2026-03", 8, 10)


def test_weeks_stand_on_an_axis_of_time_and_what_changed_is_marked():
    dots = [dot("2026-03-02", "2026-03-02"), dot("2026-03-09", "2026-03-09", n=0),
            dot("2026-03-30", "2026-03-30", change=LOWER), dot("2026-04-06", "2026-04-06", change=HIGHER)]
    spec = json.loads(CHARTS["over_time"].draw(dots, "week", "labels of Ann").to_json())
    assert [(row["day"], row["change"]) for row in data_of(spec)] == [
        ("2026-03-02", STEADY), ("2026-03-30", LOWER), ("2026-04-06", HIGHER)]
    [axis] = {json.dumps(layer["encoding"]["x"], sort_keys=True) for layer in spec["layer"]}
    axis = json.loads(axis)
    # A trace is of a day in UTC, so the axis is too, wherever the browser stands.
    assert (axis["type"], axis["scale"]["type"]) == ("temporal", "utc")
    assert axis["axis"]["values"][1] == {"year": 2026, "month": 3, "date": 30, "utc": True}
    [marks] = [layer["encoding"]["shape"]["scale"] for layer in spec["layer"] if "shape" in layer["encoding"]]
    assert dict(zip(marks["domain"], marks["range"], strict=True)) == {
        STEADY: "circle", LOWER: "triangle-down", HIGHER: "triangle-up"}
    assert [(one["name"], one["select"]["fields"]) for one in spec["params"]] == [("point", ["date"])]
    assert "corrected" not in under(spec) and "%Y" not in axis["axis"]["format"]


def test_corrected_rates_over_time_stand_beside_the_dots_and_two_years_are_named():
    dots = [dot("2025-12-29", "2025-12-29", corrected=Figure(0.5, 0.4, 0.7)),
            dot("2026-01-05", "2026-01-05", corrected=Figure(None, why="not enough labels"))]
    spec = json.loads(CHARTS["over_time"].draw(dots, "week", "verdicts of a judge").to_json())
    assert [(row["corrected"], row["corrected_low"]) for row in data_of(spec)] == [(0.5, 0.4), (None, None)]
    assert under(spec).endswith("◇ corrected for the judge's errors")
    assert spec["layer"][0]["encoding"]["x"]["axis"]["format"].endswith("%Y")


def test_undefined_figures_and_kappa_stay_out_of_the_agreement_chart():
    spec = json.loads(CHARTS["agreement"].draw(all_figures(Counts(pass_pass=4)), 4, "judge").to_json())
    assert {row["value"] for row in data_of(spec) if "value" in row} == {"Agreement", "TPR", "Precision of pass"}


def test_each_ceiling_is_a_line_with_its_band_named_in_the_subtitle():
    figures = all_figures(Counts(8, 2, 1, 9))
    own, both = Figure(0.9, 0.7, 0.97), Figure(0.8, 0.6, 0.9)
    spec = json.loads(CHARTS["agreement"].draw(figures, 20, "judge", {"own": own, "two experts": both}).to_json())
    assert [row for row in data_of(spec) if "ceiling" in row] == [
        {"ceiling": 0.9, "from": 0.7, "to": 0.97}, {"ceiling": 0.8, "from": 0.6, "to": 0.9}]
    assert under(spec).endswith("orange: the expert's own, violet: two experts")
    assert "orange" not in json.dumps(json.loads(CHARTS["agreement"].draw(figures, 20, "judge").to_json()))


def test_the_trend_of_kappa_has_the_two_experts_and_no_target_which_is_a_share():
    points = [Measured(1, 1, "set 1", Counts(8, 2, 1, 9))]
    spec = json.loads(CHARTS["trend"].draw(points, "kappa", {"two experts": Figure(0.6, 0.4, 0.8)}).to_json())
    assert under(spec) == "violet: two experts"
    assert [row["ceiling"] for row in data_of(spec) if "ceiling" in row] == [0.6]
    assert not any("target" in row for row in data_of(spec))


def test_a_kappa_below_nought_is_drawn_inside_its_axis():
    # 1 of 10 each way right: agreement 0.1, chance 0.5, kappa -0.8; the interval reaches below it.
    spec = json.loads(CHARTS["trend"].draw([Measured(1, 1, "set 1", Counts(1, 9, 9, 1))], "kappa").to_json())
    lowest = min(row["low"] for row in data_of(spec) if "low" in row)
    domains = {tuple(value["domain"]) for key, value in nodes(spec) if key == "scale" and "domain" in value
               and isinstance(value["domain"][0], float | int)}
    assert domains == {(-1.0, 1)} and -1 <= lowest < -0.8


def test_slices_with_few_pairs_are_hollow():
    few, many = Counts(3, 1, 0, 2), Counts(20, 2, 1, 9)
    spec = json.loads(CHARTS["slices"].draw(agreement_by([("few", few), ("many", many)]), "topic").to_json())
    assert {(row["value"], row["size"], row["n"]) for row in data_of(spec)} == {
        ("few", "small", 6), ("many", "enough", 32)}
    assert len(data_of(spec)) == 6


def test_a_drift_is_drawn_in_the_order_of_its_dates_with_n():
    spec = json.loads(CHARTS["drift"].draw(by_date([("2026-11", Tally(1, 3)), ("2026-02", Tally(2, 2)),
                                                    ("2026-12", Tally())]),
                                           "pass rate", "labels").to_json())
    assert [(row["date"], row["n"], row["rate"]) for row in data_of(spec)] == [
        ("2026-02", 4, 0.5), ("2026-11", 4, 0.25)]


@pytest.mark.parametrize(("measure", "words"), [
    ("inputs", ["5 inputs, 4 answered\n3 reviewed, 2 failed", "impossible", "empty"]),
    ("reviewed", ["3 of 4", "impossible", "none"]), ("failed", ["2 of 3", "impossible", "none"]),
    ("agreement", ["1 of 2", "impossible", "none"])])
def test_each_cell_of_the_map_says_its_counts(measure, words):
    cells = [Cell("a", "x", 5, 4, 3, 2, 2, 1), Cell("b", "x"), Cell("c", "x")]
    drawn = CHARTS["coverage"].draw(cells, frozenset({("b", "x")}), "topic", "tone", measure)
    assert [row["text"] for row in data_of(json.loads(drawn.to_json()))] == words
    assert {*MEASURES} == {"inputs", "reviewed", "failed", "agreement"}


def test_versions_are_joined_only_where_the_same_traces_were_judged():
    points = [Measured(1, 1, "set 1", Counts(8, 2, 1, 9)), Measured(2, 2, "set 1", Counts(9, 1, 1, 9)),
              Measured(2, 3, "set 2", Counts(1, 0, 0, 0)), Measured(3, 4, "set 2", Counts(0, 0, 0, 3))]
    spec = json.loads(CHARTS["trend"].draw(points, "tpr", {"own": Figure(0.9, 0.7, 0.97)}).to_json())
    line = next(layer for layer in spec["layer"] if layer.get("mark", {}).get("type") == "line")
    assert line["encoding"]["detail"]["field"] == line["encoding"]["xOffset"]["field"] == "traces"
    # 8 of 10 passes, 9 of 10, 1 of 1; without a pass of the expert there is no TPR, and no point.
    assert [row["rate"] for row in data_of(spec) if "rate" in row] == [0.8, 0.9, 1.0]
    assert {"ceiling": 0.9, "from": 0.7, "to": 0.97} in data_of(spec) and {"target": 0.9} in data_of(spec)


def light(colour: str) -> float:
    """How light "#RRGGBB" is, by the sum of its parts: enough to put shades of one hue in order."""
    return sum(int(colour[place:place + 2], 16) for place in (1, 3, 5))


@pytest.mark.parametrize("ramp", [TEAL, ORANGE])
def test_more_is_deeper_on_a_light_page_and_brighter_on_a_dark_one_and_always_read(ramp):
    shades = [filled(share, ramp) for share in (0, 0.25, 0.5, 0.75, 1)]
    pairs = [tuple(re.findall("#[0-9A-F]{6}", colour)) for colour, _ in shades]
    on_light, on_dark = ([light(pair[side]) for pair in pairs] for side in (0, 1))
    assert on_light == sorted(on_light, reverse=True) and on_dark == sorted(on_dark)
    assert pairs[0] == (ramp[0][0], ramp[1][0]) and pairs[-1] == (ramp[0][1], ramp[1][1])
    for ground, ink in shades:
        for under, over in zip(*(re.findall("#[0-9A-F]{6}", one) for one in (ground, ink)), strict=True):
            assert contrast(under, over) >= 4.5


def contrast(*colours: str) -> float:
    """WCAG 2.2 by hand: white on black is 21."""
    parts = [[int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)] for colour in colours]
    dark, bright = sorted(sum(weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
                              for weight, part in zip((0.2126, 0.7152, 0.0722), one, strict=True)) for one in parts)
    return (bright + 0.05) / (dark + 0.05)


def test_the_emptiest_cell_of_a_grid_has_the_first_shade_and_the_fullest_the_last():
    spec = json.loads(CHARTS["heat"].draw([Square("a", "x", 0, 0, 9), Square("a", "y", 0.7, 7, 10)], ["a"], ["x", "y"],
                                          "title", "words").to_json())
    [rows] = spec["datasets"].values()
    assert [row["fill"] for row in rows] == [filled(0, ORANGE)[0], filled(1, ORANGE)[0]]


def test_a_chart_is_told_in_words():
    chart = CHARTS["rates"].draw(cells([("tax", 2, 5), ("food", 1, 4)]), "topic", "labels of Ann")
    said = charted.in_words(chart, {"topic": ["tax", "food"], "n": [5, 4], "failure rate": [0.4, 0.25]})
    assert said == ("Failure rate by topic. labels of Ann; n at the right, lines are 95 % intervals. "
                    "topic tax; n 5; failure rate 0.40. topic food; n 4; failure rate 0.25")
    many = charted.in_words(chart, {"topic": [str(number) for number in range(40)]})
    assert many.endswith("topic 24. and 15 more, in the table below")
