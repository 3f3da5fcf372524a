"""Migration 018: who saved a prompt version, kept a check, drew splits or a batch, opened and closed a cycle."""

STATEMENTS = (
    # '': nobody noted it, as before this migration.
    "alter table prompt_versions add column author text not null default ''",
    "alter table assertions add column author text not null default ''",
    "alter table split_draws add column author text not null default ''",
    "alter table batches add column author text not null default ''",
    "alter table cycles add column opened_by text not null default ''",
    "alter table cycles add column closed_by text not null default ''",
)
