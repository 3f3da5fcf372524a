"""Cells that a spreadsheet would run: with every sign one begins with, behind what a reader skips, and in disguise.

All of them are harmless: what they point to does not exist.
"""

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=A1", "==1+1", "=+1", "+-1", "-(1)", "@A1",
    '=HYPERLINK("http://evil.example/x","press")', '=WEBSERVICE("http://evil.example/x")',
    '=IMPORTXML("http://evil.example/x","//a")', '=IMAGE("http://evil.example/x.png")', "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", '=DDE("a";"b";"c")',
    "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1+1", "'=1+1", '"=1+1',
    "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A1")
