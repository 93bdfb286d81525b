#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the main example and checks its report.

    check_report.py PROGRAM RATIO [PATH [OPTION…]]

RATIO is how many times popularity's NDCG@10 the model's must be at least. A PATH below HYBREC_DATA is
written as @name; without HYBREC_DATA the check says that it skips (exit status 77).
"""
import json
import os
import subprocess
import sys
import tempfile

program, ratio, arguments = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
if arguments and arguments[0].startswith("@"):
    data = os.environ.get("HYBREC_DATA")
    if not data:
        print("skipped: HYBREC_DATA is not set")
        sys.exit(77)
    arguments[0] = os.path.join(data, arguments[0][1:])
with tempfile.TemporaryDirectory() as folder:
    report_file = os.path.join(folder, "report.json")
    model_file = os.path.join(folder, "model.safetensors")
    run = subprocess.run([program, *arguments, "--json", report_file, "--model", model_file],
                         capture_output=True, text=True)
    print(run.stdout, run.stderr, sep="\n")
    assert run.returncode == 0, f"the program ended with {run.returncode}"
    assert os.path.getsize(model_file) > 0
    with open(report_file, encoding="utf-8") as file:
        report = json.load(file)

counts = report["dataset"]
assert counts["users"] > 0 and counts["items"] > 0
assert counts["train"] > 0 and counts["test"] > 0
for phase in ("load", "split", "weight", "train", "evaluate", "save", "reload"):
    assert report["seconds"][phase] >= 0, phase
assert report["options"]["factors"] == 64
model, popularity = report["metrics"]["model"], report["metrics"]["popularity"]
for metrics in (model, popularity):
    for name in ("recall@10", "recall@20", "ndcg@10", "ndcg@20"):
        assert 0 < metrics[name] < 1, name
    assert metrics["recall@20"] >= metrics["recall@10"]
assert model["ndcg@10"] >= ratio * popularity["ndcg@10"], "the model ranks too badly"
assert report["reloaded_equal"] is True

shown = report["shown"]
assert len(shown["recommendations"]) == 10
scores = [entry["score"] for entry in shown["recommendations"]]
assert scores == sorted(scores, reverse=True)
history = {entry["item"] for entry in shown["history"]}
for entry in shown["recommendations"]:
    assert entry["title"] and entry["item"] not in history
    assert entry["title"] in run.stdout
assert shown["explanation"]["item"] == shown["recommendations"][0]["item"]
assert shown["explanation"]["parts"] and abs(shown["explanation"]["remainder"]) < 1e-3
assert len(shown["similar_items"]["similar"]) == 5
print(f"NDCG@10 is {model['ndcg@10'] / popularity['ndcg@10']:.2f} times popularity's")
