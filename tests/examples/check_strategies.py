#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the strategies example and checks its table: check_strategies.py PROGRAM [@FOLDER of HYBREC_DATA]"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

arguments = []
if len(sys.argv) > 2:
    data = os.environ.get("HYBREC_DATA", "")
    if not data:
        print("skipped: HYBREC_DATA is not given")
        sys.exit(77)
    arguments.append(str(pathlib.Path(data) / sys.argv[2].removeprefix("@")))

with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "strategies.json"
    run = subprocess.run([sys.argv[1], *arguments, "--json", str(path)], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"exit code {run.returncode}: {run.stderr}")
    report = json.loads(path.read_text(encoding="utf-8"))

print(run.stdout)
rows = {row["name"].split(":")[0]: row for row in report["strategies"]}
for kind in ("weighted", "stacking", "rank fusion", "adaptive", "switching", "mixed", "cascade",
             "feature combination", "feature augmentation", "meta-level"):
    assert kind in rows, f"{kind} is missing"
# A switch between a start for new users and a model for regular ones beats both. Not so on invented data,
# where genres say so much that nobody should switch away from them.
for against in report["switching against"]:
    if arguments or against["part"] == "als":
        assert against["gain"] > 0 and against["p"] < 0.01, against
for kind in ("weighted", "stacking", "rank fusion", "adaptive", "cascade", "meta-level"):
    assert rows[kind]["all"] > max(rows[one]["all"] for one in ("popularity", "content", "als")), kind
    assert rows[kind]["without"] == 0, f"{kind} leaves somebody without recommendations"
assert rows["switching"]["without"] == 0
assert report["items without history"] == 10
print("the hybrids are what they should be")
