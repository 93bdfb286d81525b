#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the networks example on invented data and checks what it finds: check_networks.py PROGRAM"""
import json
import pathlib
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "networks.json"
    run = subprocess.run([sys.argv[1], "--json", str(path)], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"exit code {run.returncode}: {run.stderr}")
    rows = {row["name"]: row for row in json.loads(path.read_text(encoding="utf-8"))}

print(run.stdout)
popularity, dot = rows["popularity"], rows["plain dot product"]
assert dot["ndcg@10"] > popularity["ndcg@10"], dot
# Who knows ids alone does not find new items.
assert dot["ndcg@10 of new items"] == popularity["ndcg@10 of new items"] == rows["recommender_net"]["ndcg@10 of new items"] == 0
for name in ("deep_fm", "wide_and_deep", "feature_combination_net", "deep_hybrid_net"):
    row = rows[name]
    assert row["ndcg@10"] > 1.5 * popularity["ndcg@10"], row
    assert row["ndcg@10 of new items"] > 0.1, row
    assert row["gain"] > 0 and row["p"] < 0.01, row
    assert abs(row["ndcg@10"] - dot["ndcg@10"] - row["gain"]) < 1e-9, row
print("networks of features find new items")
