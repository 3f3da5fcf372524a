"""What agreeing to imported labels would change, in sentences; read by their person before the press."""

from lib.records import minute
from lib.records.words import counted
from lib.store.dataset.awaited import Awaited


def said(found: Awaited) -> str:
    """Whose they become, what they succeed, what stays out, and which of them carry no date of their own."""
    return " ".join(filter(None, (
        f"They become labels of {found.whose}.", _comes_in(found), _left(found), _dates(found),
        "Declined, they are kept out; the traces stay either way.")))


def _comes_in(found: Awaited) -> str:
    traces = counted(found.traces, "trace")
    if not found.traces:
        return "No label would change."
    if not found.succeed:
        return f"{traces} get a label of {found.whose}, none of which had one."
    turned = f"{found.turn:,} of them" if found.turn else "none of them"
    return (f"On {traces} another label than now would count: {found.new:,} had none, "
            f"{counted(found.succeed, 'succeeds a label', 'succeed labels')} of {found.whose}, and {turned} "
            f"turn{'s' * (found.turn == 1)} the outcome round.")


def _left(found: Awaited) -> str:
    one, stays = found.earlier == 1, found.kept_out == 1
    earlier = (f"{found.earlier:,} go{'es' * one} to the history, for a later row of the file is on the same trace."
               ) * bool(found.earlier)
    out = (f"{found.kept_out:,} stay{'s' * stays} out: {found.whose} has given the same or a newer label since."
           ) * bool(found.kept_out)
    return " ".join(filter(None, (earlier, out)))


def _dates(found: Awaited) -> str:
    if not found.undated:
        return "All are dated as in the file." if found.traces else ""
    others = " The others are dated as in the file." if found.undated < found.traces + found.earlier else ""
    return (f"{found.undated:,} carr{'ies' if found.undated == 1 else 'y'} no date in the file and count as given at "
            f"the import, {minute(found.imported_at)} UTC: what {found.whose} has said of these traces before then is "
            f"succeeded, though the file may be older.{others}")
