"""What traces are there, where do they come from, and which inputs are missing?"""

import streamlit as st

from lib.ui import filters, frame, reference
from lib.ui.dataset import answering, coverage, dimensions, exporting, generating, importing, imports, sources
from lib.ui.dataset import listing as table
from lib.workflow.dataset import listing

store = frame.begin("dataset")
st.title("Dataset")
view = frame.view("dataset", "Traces", "Import", "Imports", "Sources", "Dimensions", "Coverage", "Propose inputs",
                  "Get outputs", "Reference", "Export")

if view == "Import":
    importing.importer(store)
elif view == "Imports":
    imports.page(store)
elif view == "Sources":
    sources.page(store)
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
    exporting.exports(store)
elif listing.empty(store):
    table.nothing()
else:
    table.browser(store, filters.bar(store))
