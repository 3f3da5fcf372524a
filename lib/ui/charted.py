"""A chart as it always stands on a page: the drawing, below it its numbers as a table, and its downloads.

PNG and SVG are made in the browser, of the drawing that is on the screen; the CSV by our own writer, so that no
spreadsheet runs a cell. Knows no table of the product.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from lib.records import Figure
from lib.statistics.breakdowns import Rate
from lib.writers import write

Table = dict[str, list[Any]]  # column -> one value for each row
_HEARD = 25  # rows of a chart that are read out

_save = st.components.v2.component("plumbline_save_chart", html="""
<div class="row"><button id="png">PNG</button><button id="svg">SVG</button></div>""", css="""
.row { display: flex; gap: 0.5rem; }
button { font: inherit; color: var(--st-text-color); background: transparent; cursor: pointer; padding: 0.25rem 0.75rem;
  min-height: 2.5rem; border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); }
button:hover, button:focus-visible { color: var(--st-primary-color); border-color: var(--st-primary-color); }
""", js="""
export default function ({ parentElement, data }) {
  const drawing = () => {
    const found = document.querySelector(`.st-key-${data.place} svg.marks`);
    if (!found) return null;
    const copy = found.cloneNode(true);
    // A file knows no theme: it gets the colours that are on the screen.
    const drawn = found.querySelectorAll("*");
    copy.querySelectorAll("*").forEach((one, place) => {
      if ((one.getAttribute("fill") ?? one.style.fill).includes("light-dark")) {
        one.setAttribute("fill", getComputedStyle(drawn[place]).fill);
        one.style.removeProperty("fill");
      }
    });
    const box = found.getBoundingClientRect();
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", box.width);
    copy.setAttribute("height", box.height);
    const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    ground.setAttribute("width", "100%");
    ground.setAttribute("height", "100%");
    ground.setAttribute("fill", getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor);
    copy.insertBefore(ground, copy.firstChild);
    return { width: box.width, height: box.height,
      blob: new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }) };
  };
  const save = (blob, ending) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${data.name}.${ending}`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  parentElement.querySelector("#svg").onclick = () => {
    const found = drawing();
    if (found) save(found.blob, "svg");
  };
  parentElement.querySelector("#png").onclick = () => {
    const found = drawing();
    if (!found) return;
    const picture = new Image();
    picture.onload = () => {
      const canvas = document.createElement("canvas");
      // Twice as fine as the screen: for a slide.
      canvas.width = 2 * found.width;
      canvas.height = 2 * found.height;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(picture.src);
      canvas.toBlob((blob) => save(blob, "png"), "image/png");
    };
    picture.src = URL.createObjectURL(found.blob);
  };
}""")


def charted(chart: Any, table: Table, name: str, selection: str | None = None,
            on_select: Callable[[], None] | str = "rerun", shown: bool = False) -> Any:
    """Draws a chart with its table and downloads; returns the chart's event where `selection` names what is selected.

    `name` is the file's name, made of letters, digits and underscores, and unique on the page. `shown`: the page itself
    shows the table beside the chart.
    """
    place, chart = f"chart_{name}", chart.properties(description=in_words(chart, table))
    with st.container(key=place):
        event = st.altair_chart(chart, key=f"drawn_{name}", on_select=on_select, selection_mode=selection) \
            if selection else st.altair_chart(chart, key=f"drawn_{name}")
    with st.expander("Downloads" if shown else "Numbers and downloads", icon=":material/table:"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button("CSV", lambda: _csv(table), f"{name}.csv", key=f"csv_{name}", on_click="ignore")
            _save(key=f"save_{name}", data={"place": place, "name": name})
        if not shown:
            st.dataframe(table, hide_index=True, key=f"table_{name}")
    return event


def in_words(chart: Any, table: Table) -> str:
    """What a chart shows, for who hears it: its title, and a line for each row of the first."""
    head = " ".join(chart.description.split())
    columns, rows = list(table), list(zip(*table.values(), strict=True))
    lines = ["; ".join(f"{column} {_word(value)}" for column, value in zip(columns, row, strict=True)
                       if value not in (None, "")) for row in rows[:_HEARD]]
    more = [f"and {len(rows) - _HEARD:,} more, in the table below"] if len(rows) > _HEARD else []
    return f"{head}. {'. '.join([*lines, *more])}"


def _word(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def of_rates(rates: list[Rate], what: str, have: str = "have it") -> Table:
    """Rates as a table: one row each, with how many have what the share is of."""
    return {what: [rate.value for rate in rates], "n": [rate.n for rate in rates],
            have: [rate.passes for rate in rates], **of_figures([rate.rate for rate in rates])}


def of_figures(figures: list[Figure]) -> Table:
    """Shares and the ends of their 95 % intervals."""
    return {"share": [figure.value for figure in figures], "from": [figure.low for figure in figures],
            "to": [figure.high for figure in figures]}


def _csv(table: Table) -> bytes:
    columns = list(table)
    return write("csv", (dict(zip(columns, row, strict=True)) for row in zip(*table.values(), strict=True)), columns)
