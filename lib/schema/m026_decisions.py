"""Migration 026: judges that answer with a probability of pass and write no critique."""

STATEMENTS = (
    "alter table judges add column kind text not null default 'text' check (kind in ('text', 'decision'))",
    # How a decision is asked for, as a JSON object: wire, pass, fail, question, order, path. Null: a written verdict.
    "alter table prompt_versions add column decision text check (decision is null or json_valid(decision))",
    # Null where there is an error, and for a judge that writes its verdict and was not asked for a probability.
    "alter table verdicts add column p_pass real check (p_pass between 0 and 1)",
    # The answer as it came: probabilities, what of them lay on the labels, in which order these were shown.
    "alter table verdicts add column p_raw text check (p_raw is null or json_valid(p_raw))",
)
