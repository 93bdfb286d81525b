#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the hybrid example on invented data: check_hybrid.py PROGRAM"""
import json
import pathlib
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "hybrid.json"
    run = subprocess.run([sys.argv[1], "--json", str(path)], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"exit code {run.returncode}: {run.stderr}")
    report = json.loads(path.read_text(encoding="utf-8"))

print(run.stdout)
assert report["part"] == "test", report["part"]
assert len(report["parts"]) == 4, report["parts"]
assert abs(sum(part["weight"] for part in report["parts"]) - 1) < 1e-4
for part in report["parts"]:
    for metric in ("recall@20", "ndcg@20"):
        assert report[metric] > part[metric] > 0, f"{part['name']} alone has more {metric}"
    assert abs(report["ndcg@20"] - part["ndcg@20 without it"] - part["gain"]) < 1e-9
    assert 0 < part["p"] <= 1, part
assert any(part["gain"] > 0 and part["p"] < 0.01 for part in report["parts"])
assert {"reading", "ranking for everybody"} <= {phase["phase"] for phase in report["phases"]}
assert f"{report['ndcg@20']:.4f}" in run.stdout
print("the hybrid beats its parts")
