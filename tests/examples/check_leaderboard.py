#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the leaderboard on invented data and checks what it wrote: check_leaderboard.py PROGRAM"""
import json
import pathlib
import subprocess
import sys
import tempfile

EXPECTED = {"popularity", "random", "item_knn", "user_knn", "ease", "slim", "slim_tuned", "p3alpha", "rp3beta", "gf_cf",
            "pure_svd", "als", "bpr", "warp", "logistic_mf", "content", "feature_als"}


def check(condition, what):
    if not condition:
        raise SystemExit(f"leaderboard: {what}")


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        report, page = pathlib.Path(folder) / "r.json", pathlib.Path(folder) / "r.html"
        run = subprocess.run([program, "--json", report, "--html", page], capture_output=True, text=True)
        check(run.returncode == 0, run.stderr)
        models = {model["name"]: model for model in json.loads(report.read_text())["models"]}
        check(page.read_text().count("<svg") >= 6, "the page has too few plots")
    check(set(models) == EXPECTED, f"the models are {sorted(models)}")
    ndcg = {name: model["metrics"]["ndcg@20"] for name, model in models.items()}
    for name, value in ndcg.items():
        check(value["low"] <= value["mean"] <= value["high"], f"{name}: mean outside of its interval")
        check(name == "random" or value["low"] > ndcg["random"]["high"], f"{name} is no better than chance")
        check(name in run.stdout, f"{name} is not in the table")
    wrong = subprocess.run([program, "--what"], capture_output=True, text=True)
    check(wrong.returncode == 2 and "--what" in wrong.stderr, "a wrong option is not named")


if __name__ == "__main__":
    main()
