"""`judge-new`: a judge for one failure mode, or one that answers with a probability in place of a written verdict."""

from typing import Any

import click

from lib.cli.parts import pass_store, text_of
from lib.records import OUTCOMES, Decision, UsageError
from lib.records.decision import DECISION, KINDS, QUESTION, TEXT, WIRES
from lib.records.words import counted
from lib.store import Store
from lib.workflow.errors import special
from lib.workflow.judge import judging, kinds


@click.command("judge-new")
@click.argument("judge", metavar="[NAME]", default="")
@click.option("--kind", type=click.Choice(KINDS), default=TEXT, show_default=True,
              help="text: a critique, then the outcome. decision: a probability of pass, no words.")
@click.option("--mode", help="text: the failure mode that is its one criterion.")
@click.option("--name", default="", help="With --mode [default: as the failure mode is called]")
@click.option("--reason", default="", help="With --mode: why it cannot wait for error analysis.")
@click.option("--wire", type=click.Choice(list(WIRES)), help="decision: how it is asked; never read off an address.")
@click.option("--pass", "passes", metavar="TEXT", help="decision: what pass means, in the expert's words.")
@click.option("--fail", "fails", metavar="TEXT", help="decision: what fail means.")
@click.option("--question", default=QUESTION, show_default=True, help="decision: the one question.")
@click.option("--order", default=",".join(OUTCOMES), show_default=True, help="decision: as the options are shown.")
@click.option("--choice", is_flag=True, help="decision: between two options, for a model that answers no yes or no.")
@click.option("--path", default="", help="decision: a path of the endpoint's host that is not the wire's own.")
@click.option("--instructions", type=click.Path(dir_okay=False, allow_dash=True),
              help="decision: a file in place of the instructions; may hold {{ question }} and {{ criteria }}.")
@click.option("--example", "shown", multiple=True, metavar="TRACE",
              help="decision: show the expert's label on this trace; may be repeated.")
@click.option("--model", help="decision: the model that the version names.")
@pass_store
def judge_new(store: Store, kind: str, **options: Any) -> None:
    """Build a judge: for one failure mode (--mode), or NAME, which answers with a probability (--kind decision).

    Of a decision judge that there is already it is the next version; what is not named of instructions, examples and
    model stays.
    """
    (_decision if kind == DECISION else _text)(store, **options)


def _text(store: Store, judge: str, mode: str | None, name: str, reason: str, **decision: Any) -> None:
    if decision["wire"] or decision["passes"] or decision["fails"]:
        raise UsageError("--wire, --pass and --fail belong to --kind decision.")
    if not mode:
        raise UsageError("Name the failure mode with --mode. A judge with a prompt of your own is made by "
                         "'judge-prompt new NAME FILE', one that answers with a probability by --kind decision.")
    made, found = special.build(store, mode, name or judge, reason), special.material(store, mode)
    click.echo(f"judge {made.judge}: {counted(len(made.examples), 'example')}, {counted(found.fails, 'fail')} with it, "
               f"{counted(found.passes, 'label')} without it, {counted(found.uncoded, 'fail')} not coded"
               + (f"; about {special.ENOUGH_FAILS} fails are needed" if found.few else ""))


def _decision(store: Store, judge: str, mode: str | None, name: str, reason: str, **of: Any) -> None:
    if mode or reason:
        raise UsageError("--mode and --reason belong to a judge that writes its verdict.")
    if not of["wire"]:
        raise UsageError(f"Name the wire with --wire: {', '.join(f'{key} ({said})' for key, said in WIRES.items())}.")
    asked = Decision(of["wire"], of["passes"] or "", of["fails"] or "", of["question"],
                     tuple(one.strip() for one in of["order"].split(",")), of["path"], of["choice"])
    made = kinds.save(store, judge or name, asked, model=of["model"],
                      template=text_of(of["instructions"]) if of["instructions"] else None,
                      shown=kinds.labels_on(store, list(of["shown"])) if of["shown"] else None)
    click.echo(f"judge {made.judge}, version {made.number}: {WIRES[asked.wire]}, "
               f"{counted(len(made.examples), 'example')}; it gives no critique. {judging.example_rule(store)}")


COMMANDS = (judge_new,)
