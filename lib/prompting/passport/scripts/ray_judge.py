"""The judge over Parquet with Ray Data, on one machine or on a cluster:

    pip install "ray[data]" openai
    python ray_judge.py traces.parquet verdicts --at-once 32

Every column stays, and four are added: verdict, critique, model and error of this judge. Plumbline imports each file of
the folder as it is. An error is never a verdict: then the verdict is empty and the error names its kind. Columns: id,
input, output; where there are some messages, steps and context, as JSON or nested. --map and --context are those of
Plumbline's import. The service is named by OPENAI_BASE_URL and OPENAI_API_KEY, on every node. What a call raises is
tried again up to --retries times.
"""

import argparse
import json
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
from judge import judge, passport

ADDED = ("verdict", "critique", "model", "error")


class Judge:
    """One worker of the cluster: judges a batch at a time, so many calls at once. `call` replaces the service."""

    def __init__(self, at_once=32, retries=5, name=None, fields=None, context=(), call=None):
        """`name`: what the judge is called in the file; `fields`: column by field; `context`: columns of it."""
        self.threads, self.call = ThreadPoolExecutor(at_once), call
        self.name = name or "{name}, version {version}".format(**passport()["judge"])
        self.fields, self.context = fields or {}, context
        if call is None:
            from openai import OpenAI
            self.call = OpenAI(max_retries=retries).chat.completions.create

    def __call__(self, batch):
        """A table of traces with what this judge says of each, in four columns more."""
        said = list(self.threads.map(self.judged, batch.to_pylist()))
        for place, column in enumerate(ADDED):
            texts = pa.array([one[place] for one in said], pa.string())
            batch = batch.append_column(f"judges.{self.name}.{column}", texts)
        return batch

    def judged(self, row):
        """Outcome, critique, model and kind of error of one row; texts, empty where there is none."""
        try:
            found = judge(self.trace(row), self.call)
        except Exception as error:  # of whatever kind: one trace that fails ends no run over a million
            return "", "", "", f"{type(error).__name__}: {error}"[:500]
        # Of an error the reply stands where a verdict's critique does.
        return found.outcome or "", found.critique or (found.raw if found.error else ""), found.model, found.error or ""

    def trace(self, row):
        """What the judge is told of a row."""
        found = {name: row.get(self.fields.get(name, name)) for name in ("input", "output")}
        for name in ("messages", "steps", "context"):
            cell = row.get(self.fields.get(name, name))
            found[name] = json.loads(cell) if isinstance(cell, str) and cell[:1] in ("[", "{") else cell
        if self.context:
            found["context"] = {name: row[name] for name in self.context if row.get(name) is not None}
        return {name: filled(value) for name, value in found.items() if value is not None}


def filled(value):
    """Without the empty fields that a nested column of Parquet gives to every row."""
    if isinstance(value, dict):
        return {name: filled(one) for name, one in value.items() if one is not None}
    return [filled(one) for one in value] if isinstance(value, list) else value


def options():
    """The command line."""
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("traces", help="a Parquet file, a folder of them, or an address that Ray reads")
    told.add_argument("verdicts", help="a new folder for the same rows with their verdicts, as Parquet")
    told.add_argument("--map", action="append", default=[], metavar="FIELD=COLUMN", help="input=question, say")
    told.add_argument("--context", action="append", default=[], metavar="COLUMN")
    told.add_argument("--workers", type=int, default=1, help="processes, on whichever nodes Ray finds")
    told.add_argument("--at-once", type=int, default=32, help="calls at once, of each worker")
    told.add_argument("--retries", type=int, default=5)
    told.add_argument("--as", dest="name", help="what the judge is called in the file")
    return told


def main():
    """Judges all of it."""
    import ray
    asked = options().parse_args()
    batch = 16 * asked.at_once
    # A file is one block to Ray, which one worker would judge alone.
    traces = ray.data.read_parquet(asked.traces).repartition(target_num_rows_per_block=batch)
    # A worker waits for the service; with a whole core each, reading and writing would find none and wait for ever.
    judged = traces.map_batches(
        Judge, batch_format="pyarrow", batch_size=batch, num_cpus=0.1,
        compute=ray.data.ActorPoolStrategy(size=asked.workers), fn_constructor_kwargs={
            "at_once": asked.at_once, "retries": asked.retries, "name": asked.name, "context": asked.context,
            "fields": dict(one.split("=", 1) for one in asked.map)})
    # Ray adds to a folder without a word: run twice, every verdict would be there twice.
    judged.write_parquet(asked.verdicts, mode=ray.data.SaveMode.ERROR, min_rows_per_file=100_000)


if __name__ == "__main__":
    main()
