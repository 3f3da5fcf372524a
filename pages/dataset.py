"""What traces are there, where do they come from, and which inputs are missing?"""

import streamlit as st

from lib.store.dataset import traces
from lib.ui import filters, frame, reference, trace_table
from lib.ui.dataset import answering, coverage, dimensions, generating, importing, imports

store = frame.begin("dataset")
st.title("Dataset")
view = frame.view("dataset", "Traces", "Import", "Imports", "Dimensions", "Coverage", "Propose inputs", "Get outputs",
                  "Reference", "Export")

if view == "Import":
    importing.importer(store)
elif view == "Imports":
    imports.page(store)
elif view == "Dimensions":
    dimensions.editor(store)
elif view == "Coverage":
    coverage.page(store)
elif view == "Propose inputs":
    generating.proposer(store)
elif view == "Get outputs":
    answering.answers(store)
elif view == "Reference":
    reference.editor(store)
elif view == "Export":
    trace_table.exports(store)
elif not traces.count(store) + traces.archived(store):
    frame.empty("No traces yet", "Import what your AI system was asked and answered: a table, a log, or an export of "
                "another tool.", "dataset", "Import traces", view="Import")
else:
    where = filters.bar(store)
    trace_table.browser(store, where)
