"""Rules of a judge's prompt, by their text, and the labels whose critiques justify them."""

import json

from lib.records import UsageError
from lib.records.suggestion import Rule
from lib.store.database import Store
from lib.store.judge import judges


def link(store: Store, judge: str, text: str, labels: list[int]) -> None:
    """Names the labels that justify a rule, in place of those named before; all of this project, or UsageError."""
    with store.transaction():
        row = judges.row_of(store, judge)
        store.execute("insert or ignore into rules (judge, text) values (:judge, :text)", judge=row, text=text)
        rule = store.value("select id from rules where judge = :judge and text = :text", judge=row, text=text)
        known = store.value("""select count(*) from labels l join traces t on t.id = l.trace
            where t.project = :project and l.id in (select value from json_each(:labels))""",
                            labels=json.dumps(labels))
        if known != len(set(labels)):
            raise UsageError("One of these labels is not in this project: choose them from the list.")
        store.execute("delete from rule_labels where rule = :rule", rule=rule)
        store.execute_many("insert into rule_labels (rule, label) values (:rule, :label)",
                           [{"rule": rule, "label": label} for label in dict.fromkeys(labels)])


def every(store: Store, judge: str) -> dict[str, Rule]:
    """The rules known of a judge by their text, each with the numbers of its labels."""
    found: dict[str, Rule] = {}
    for text, label in store.rows("""select r.text, l.label from rules r join judges j on j.id = r.judge
            left join rule_labels l on l.rule = r.id where j.project = :project and j.name = :judge
            order by r.id, l.label""", judge=judge):
        known = found.get(text, Rule(text))
        found[text] = Rule(text, known.labels if label is None else (*known.labels, label))
    return found
