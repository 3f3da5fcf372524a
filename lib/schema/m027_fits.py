"""Migration 027: the fit by which the probabilities of a run became outcomes."""

STATEMENTS = (
    # A fit belongs to a version and the model that answered: its newest run with one holds the fit in force. As JSON;
    # null where outcomes are cut at .5 or written by the judge.
    "alter table runs add column fit text check (fit is null or json_valid(fit))",
)
