"""The Import page on labels of somebody else: what it says of them is true before the press and after it."""

from lib.store import experts, people
from tests.support.pages import Visit, calm, said

FILE = b"id,input,output,Ann_label,Ann_critique\nn1,q1,a1,fail,too short\nn2,q2,a2,pass,\n"


def imported(app) -> tuple[str, str]:
    """What the page says with the file chosen, and after the press."""
    app.file_uploader[0].set_value(("labels.csv", FILE, "text/csv"))
    before = said(calm(app.run()))
    next(button for button in app.button if button.label.startswith("Import ")).click()
    return before, said(calm(app.run()))


def test_with_a_login_the_page_says_that_nobody_becomes_principal(visit: Visit, db):
    people.enter(db, "Eve", "engineer")
    before, after = imported(visit(db.path, "dataset", view="Import", reviewer="Eve", held="engineer"))
    assert "2 labels of Ann come in as any expert's" in before and experts.principal(db) is None
    assert "Nobody is principal expert yet" in after and "wait for" not in after


def test_without_one_it_says_who_becomes_principal_and_then_who_is(visit: Visit, db):
    before, after = imported(visit(db.path, "dataset", view="Import", reviewer="Bob", role="engineer"))
    assert "with this import Ann becomes it" in before and experts.principal(db).name == "Ann"
    assert "Ann is the principal expert now" in after and "wait" not in after
