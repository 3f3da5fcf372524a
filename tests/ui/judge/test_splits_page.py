"""The Judge page's view Splits and the panel of the test split, without a browser."""

from lib.sampling.splits import FEW
from lib.store.judge import splits
from lib.workflow.judge import splitting
from tests.support.pages import click, field, said
from tests.support.splitting import fill, judged


def test_the_view_previews_a_draw_and_one_press_makes_it(visit, db):
    fill(db)
    judged(db)
    db.execute("update traces set split = 'dev'")
    app = visit(db.path, "judge", view="Splits", judge="judge")
    assert "60 labelled traces: pairs of the test split are sealed" in said(app) and "Move" not in said(app)
    app = visit(db.path, "judge", view="Splits", judge="judge", preview="true", seed="3")
    assert "24 of the traces that come into test have met a verdict before" in said(app)
    assert splits.draws(db) == []
    app = click(app, "Move 36 traces")
    assert "nothing moves" in said(app) and splits.draws(db)[0]["seed"] == 3
    assert splitting.standing(db)["test"] == (12, 12)


def test_with_few_labels_the_view_and_the_panel_say_provisional(visit, db):
    fill(db, 10)
    judged(db)
    assert "10 labelled traces: nothing is sealed below 60" in said(visit(db.path, "judge", view="Splits"))
    words = said(visit(db.path, "judge", view="Bench", judge="judge"))
    assert "Provisional: 10 labelled traces" in words and "sealed" not in words.replace("nothing is sealed", "")


def test_the_test_split_opens_with_a_reason_and_stands_beside_its_looks(visit, db):
    fill(db, FEW)
    first, run = judged(db, "test"), judged(db, "test")
    splitting.open_test(db, first, "an earlier look")
    app = visit(db.path, "judge", view="Bench", judge="judge", run=str(run))
    assert "24 pairs are put aside" in said(app) and "partly spent: 2 looks" in said(app)
    app = click(app, "Open it, and log this look")
    assert "Say why the test split is opened now" in said(app) and len(splits.looks(db, "judge")) == 1
    field(app.text_input, "Why now?").set_value("before release")
    app = click(app, "Open it, and log this look")
    words = said(app)
    assert "On the test split" in words and "passed 12 that the expert failed: it is too lenient" in words
    assert "Look 2 of this judge" in words and "before release" in words and "partly spent: 2 looks" in words
    assert [metric.value for metric in app.metric][-3:] == ["12 of 12", "0 of 12", "50%"]
    log = visit(db.path, "judge", view="Splits", judge="judge").dataframe[-1].value
    assert list(log["why"]) == ["an earlier look", "before release"]


def test_anybody_else_asks_for_a_look_and_nothing_is_opened_before_the_principal_agrees(visit, db):
    fill(db, FEW)
    run = judged(db, "test")
    app = visit(db.path, "judge", view="Bench", judge="judge", reviewer="Eve", role="engineer")
    field(app.text_input, "Why now?").set_value("before release")
    app = click(app, "Ask Ann to open it")
    assert "Waits for Ann" in said(app) and splits.looks(db, "judge") == [] and "On the test split" not in said(app)
    click(visit(db.path, "overview", view="Sign-offs"), "Agree")
    look = splits.looks(db, "judge")[0]
    assert (look.run, look.reason, look.author) == (run, "before release", "Eve, agreed by Ann")
    assert "Eve, agreed by Ann" in said(visit(db.path, "judge", view="Bench", judge="judge"))


def test_a_judge_recorded_elsewhere_has_nothing_sealed(visit, db):
    fill(db)
    assert "sealed" not in said(visit(db.path, "judge", view="Bench", judge="recorded"))
