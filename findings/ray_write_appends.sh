#!/bin/sh
# Ray Data 2.60.0: write_parquet into a folder that holds an earlier result adds to it without a word.
#
# Guesses before running, for a pipeline read_parquet -> map_batches -> write_parquet that is run twice:
#   1. the second write is refused, as Spark refuses it, or replaces the first; both never lie beside each other.
#   2. of one file of 4,000 rows and two actors with batches of 256, each actor gets about half of the batches.
# What came:
#   1. the folder holds 8,000 rows: a job that was cut off, or run once more, leaves verdicts that count twice.
#   2. one actor judges all: the file is one block, and a block is one task. Ray warns of that.
#
# What Plumbline does: its script writes with SaveMode.ERROR, so that the folder has to be new, and divides the rows
# into blocks of a batch before they are judged.
#
# Exits 0 as long as the surprise holds. Needs a package index; some 700 MB.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check "ray[data]==2.60.0"
export RAY_DATA_DISABLE_PROGRESS_BARS=1
env/bin/python - 2>/dev/null <<'PY'
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import ray

pq.write_table(pa.table({"id": range(4000)}), "in.parquet")
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")


class Judge:
    def __call__(self, batch):
        return batch.append_column("by", pa.array([os.getpid()] * len(batch)))


for _ in range(2):
    ray.data.read_parquet("in.parquet").map_batches(
        Judge, batch_format="pyarrow", batch_size=256, num_cpus=0.1, compute=ray.data.ActorPoolStrategy(size=2),
    ).write_parquet(os.path.abspath("out"))
    found = pq.read_table("out")
    print(f"{found.num_rows} rows by {len(set(found['by'].to_pylist()))} actors")
holds = found.num_rows == 8000
print("The second result lies beside the first." if holds else "This has changed.")
sys.exit(not holds)
PY
# Output seen:
# 4000 rows by 1 actors
# 8000 rows by 2 actors
# The second result lies beside the first.
