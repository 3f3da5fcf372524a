"""Migration 012: what a verdict was read from and cost, which traces a run was asked for, and what endpoints answer."""

STATEMENTS = (
    # A model's thoughts are no part of its reply: kept apart, never read.
    "alter table verdicts add column thoughts text not null default ''",
    # What had to be put right before the reply could be read; '' where it came as asked.
    "alter table verdicts add column lenient text not null default ''",
    "alter table verdicts add column cached_tokens integer",  # of the prompt's; null where the endpoint does not say
    "alter table runs add column dropped_cached_tokens integer not null default 0",
    # The filter a run was started over, as a JSON object of its fields, the split among them; '{}' in older runs.
    "alter table runs add column chosen text not null default '{}'",
    # How the fence around a trace is made: runs begun before today used a new random one for each call.
    "alter table runs add column fence text not null default 'random' check (fence in ('random', 'hash'))",
    # The criteria document as it was when the run was started; '' where its prompt does not show it.
    "alter table runs add column criteria text not null default ''",
    """
    create table endpoint_habits (
        -- what an endpoint's answers have taught of one of its models, so that nothing is asked in vain twice
        address text not null,
        model text not null,
        habits text not null,
        noted_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        primary key (address, model)
    ) strict
    """,
    """
    create table model_retirements (
        -- the day a provider shuts a model down, as its list of models said when it was last seen
        address text not null,
        model text not null,
        shutdown_date text not null,
        seen_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
        primary key (address, model)
    ) strict
    """,
    """
    create table replacements (
        -- a replacement tried beside a model: two runs over the same traces, and the margin that was chosen before
        id integer primary key,
        old_run integer not null references runs,
        new_run integer not null unique references runs,
        margin real not null check (margin > 0 and margin < 1),
        created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ'))
    ) strict
    """,
)
