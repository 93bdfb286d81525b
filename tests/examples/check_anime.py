#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the anime example and checks what it finds: check_anime.py PROGRAM [@FOLDER of HYBREC_DATA]"""
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
    path = pathlib.Path(folder) / "anime.json"
    run = subprocess.run([sys.argv[1], *arguments, "--json", str(path)], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"exit code {run.returncode}: {run.stderr}")
    report = json.loads(path.read_text(encoding="utf-8"))

print(run.stdout)
assert report["checkpoint written"]
training = report["training"]
assert training["loss"] < training["first_loss"], training
assert training["best_epoch"] <= training["epochs"] <= 40, training
assert len(report["similar users"]) == 5 and len(report["similar titles"]) == 5
cosines = [each["cosine"] for each in report["similar users"]] + [each["score"] for each in report["similar titles"]]
assert all(0 < cosine <= 1.0001 for cosine in cosines), cosines
if arguments:
    assert report["similar to"] == "Fullmetal Alchemist: Brotherhood"
    assert "Fullmetal Alchemist" in [each["title"] for each in report["similar titles"]]
for name in ("neighbour hybrid", "engine"):
    scores = [each["score"] for each in report[name]]
    assert len(scores) == 10 and scores == sorted(scores, reverse=True), report[name]
assert report["seen titles in lists"] == 0

rows = {row["name"]: row for row in report["models"]}
net = next(row for name, row in rows.items() if name.startswith("recommender_net"))
als = next(row for name, row in rows.items() if name.startswith("bm25, als"))
assert min(net["ndcg@10"], als["ndcg@10"]) > 1.5 * rows["popularity"]["ndcg@10"]
hybrids = [name for name, row in rows.items() if "against" in row]
assert len(hybrids) == 12, hybrids
# On the invented catalogue, which holds nothing but its factors, not every kind of hybrid is of use.
for name in hybrids if arguments else ("weighted: search on ndcg", "cascade: both propose"):
    for against in rows[name]["against"]:
        assert against["gain"] > 0 and against["p"] < 0.01, (name, against)
assert all(against["gain"] > 0 for against in rows["engine of the diagram"]["against"])
for name, row in rows.items():
    for against in row.get("against", []):
        part = als if against["part"] == "als" else rows[against["part"]]
        assert abs(row["ndcg@10"] - part["ndcg@10"] - against["gain"]) < 1e-9, name
print("the hybrids beat their parts")
