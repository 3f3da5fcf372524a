"""Migration 011: an import on its way into the store, slice after slice."""

STATEMENTS = (
    # The file beside this one that holds its checked rows, as long as not all of them are stored.
    "alter table imports add column stage text",
    # The last of those rows that is stored: where a killed process left off.
    "alter table imports add column published integer not null default 0",
)
