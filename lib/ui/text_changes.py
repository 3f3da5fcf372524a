"""What changed between two texts: side by side, or in one column where there is no room for two."""

import streamlit as st

from lib.records.words import counted
from lib.statistics import versions

_MOST_HUNKS = 40
_LEFT, _RIGHT = ({versions.SAME: "  ", versions.CHANGED: mark, versions.REMOVED: mark, versions.ADDED: mark}
                 for mark in ("- ", "+ "))


def side_by_side(old: str, new: str) -> None:
    """Two texts side by side, where they differ."""
    hunks = versions.hunks(versions.lines(old, new))
    if not hunks:
        st.caption("The text is the same.")
    for hunk in hunks[:_MOST_HUNKS]:
        left, right = st.columns(2, gap="small")
        with left:
            _side([(_LEFT[line.change], line.old) for line in hunk], "nothing here before")
        with right:
            _side([(_RIGHT[line.change], line.new) for line in hunk], "nothing here any more")
    if len(hunks) > _MOST_HUNKS:
        st.caption(f"{counted(len(hunks) - _MOST_HUNKS, 'more place differs', 'more places differ')}.")


def below(old: str, new: str) -> None:
    """The same in one column, where there is no room for two: what went, and below it what came."""
    hunks = versions.hunks(versions.lines(old, new))
    if not hunks:
        st.caption("The text is the same.")
    for hunk in hunks[:_MOST_HUNKS]:
        st.code("\n".join(_below(hunk)), language="diff", wrap_lines=True)


def _below(hunk: list[versions.Line]) -> list[str]:
    said: list[str] = []
    came: list[str] = []
    for line in hunk:
        if line.change == versions.SAME:
            said, came = [*said, *came, f"  {line.old}"], []
        else:
            said += [f"- {line.old}"] if line.old is not None else []
            came += [f"+ {line.new}"] if line.new is not None else []
    return said + came


def _side(lines: list[tuple[str, str | None]], nothing: str) -> None:
    text = "\n".join(mark + line for mark, line in lines if line is not None)
    if text:
        st.code(text, language="diff", wrap_lines=True)
    else:
        st.caption(nothing)
