"""Migration 021: what an expert wants to see at the desk, and passes and fails counted after every press."""

STATEMENTS = (
    """
    create table desk_choices (
        -- no row: nothing but the question; an expert is of one project, so this is of one person in one project
        expert integer primary key references experts,
        failure_modes integer not null check (failure_modes in (0, 1)) -- to tick once a label is stored as fail
    ) strict
    """,
    # Counted from this alone: with 50,000 labels looked up one by one the next trace would come late.
    "create index labels_with_outcome on labels (expert, trace, id, outcome) where purpose <> 'repeat'",
)
