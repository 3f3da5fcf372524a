#!/bin/sh
# irrCAC 0.4.4 beside pandas 3.1.1: it takes other packages back by years; kept from that, a missing label is a category.
#
# Guesses before running:
#   1. irrCAC installed into an environment with pandas 3 and SciPy 1.17 adds a package.
#   2. with --no-deps it fails at import, or works as documented.
# What came:
#   1. it asks for pandas below 3 and SciPy 1.12.0 exactly: pip replaces both, and NumPy with them, without asking.
#   2. it runs, but `stack()` of pandas 3 keeps missing cells: of numbers NaN is a third category, and AC1 another
#      number without a word; of words it ends in a TypeError.
#
# What Plumbline does: its tests install it with --no-deps and name the categories themselves; the app does not use it.
#
# Exits 0 as long as the surprise holds. Needs python3 and a package index.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pandas==3.1.1 scipy==1.17.1
venv/bin/pip install --quiet --disable-pip-version-check --no-deps irrCAC==0.4.4
cat > look.py <<'PY'
from importlib.metadata import requires

import pandas as pd
from irrCAC.raw import CAC

asked = {need.split()[0]: need for need in requires("irrCAC")}
assert "<3.0.0" in asked["pandas"] and "==1.12.0" in asked["scipy"], asked
print("1. asks for", asked["pandas"], "and", asked["scipy"])


def ac1(said, **named):
    return CAC(said, **named).gwet()["est"]["coefficient_value"]


said = pd.DataFrame({"a": [1.0, 1, 0, 1, None], "b": [1.0, 0, 0, None, 1], "c": [1.0, 1, 0, 0, None]})
alone, named = ac1(said), ac1(said, categories=[0.0, 1.0])
assert alone != named, alone
print("2. AC1", alone, "by its own categories,", named, "by those of the labels")
try:
    ac1(said.replace({1.0: "pass", 0.0: "fail"}).astype(object))
except TypeError as error:
    print("   of words:", error)
else:
    raise AssertionError("it can sort missing cells among words now")
PY
venv/bin/python look.py
