#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the protocol of sampled negatives on invented data and checks its table: check_ncf.py PROGRAM"""
import subprocess
import sys


def check(condition, what):
    if not condition:
        raise SystemExit(f"ncf: {what}")


def main():
    run = subprocess.run([sys.argv[1]], capture_output=True, text=True)
    check(run.returncode == 0, run.stderr)
    rows = {}
    for line in run.stdout.splitlines():
        fields = line.rsplit(maxsplit=3)
        if len(fields) == 4 and fields[1].startswith("0."):
            rows[fields[0].strip()] = (float(fields[1]), float(fields[2]))
    seeds = [f"als, seed {seed}" for seed in (1, 2, 3)]
    check(set(rows) == {"popularity", *seeds, "als, mean of seeds"}, f"the rows are {sorted(rows)}")
    for at in (0, 1):
        mean = sum(rows[seed][at] for seed in seeds) / 3
        check(abs(rows["als, mean of seeds"][at] - mean) < 2e-4, "the mean is not that of the seeds")
        check(mean > 1.5 * rows["popularity"][at], "ALS is hardly better than popularity")
    check(rows["popularity"][0] > 0.15, "popularity is hardly better than chance, which is 0.1")
    check("not comparable" in run.stdout, "there is no warning")
    wrong = subprocess.run([sys.argv[1], "/nowhere"], capture_output=True, text=True)
    check(wrong.returncode == 1 and "nowhere" in wrong.stderr, "a missing folder is not named")


if __name__ == "__main__":
    main()
