"""Migration 016: why an assertion was stopped. Until it is asked for again, no visit of a page tries it on."""

STATEMENTS = (
    # A check that keeps ending its process, or that takes too long, would else do so at every visit.
    "alter table assertions add column stopped text not null default ''",
)
