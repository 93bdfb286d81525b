#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes metrics_ranx.txt: random rankings with ties, and what ranx says about them.

Usage: python metrics_ranx.py > metrics_ranx.txt   (needs ranx 0.3)

A case is three lines and one line per k:
    case
    ranked item:score item:score ...      (unordered; equal scores occur)
    relevant item item ...
    k recall precision hit_rate ndcg average_precision reciprocal_rank
Ties are broken by the smaller item before ranx sees a run, because ranx leaves their order open.
"""
import random

from ranx import Qrels, Run, evaluate

METRICS = ["recall", "precision", "hit_rate", "ndcg", "map", "mrr"]
DEPTHS = [1, 5, 10, 20]
ITEMS = 40


def main():
    generator = random.Random(20240229)
    cases = []
    for _ in range(48):
        length = generator.choice([1, 2, 4, 7, 12, 20, 30])
        relevant = sorted(generator.sample(range(ITEMS), generator.choice([1, 2, 3, 8, 25])))
        ranked = [(item, generator.randrange(12)) for item in generator.sample(range(ITEMS), length)]
        cases.append((ranked, relevant))

    qrels, run = {}, {}
    for number, (ranked, relevant) in enumerate(cases):
        query = f"{number:03}"
        ordered = sorted(ranked, key=lambda entry: (-entry[1], entry[0]))
        qrels[query] = {str(item): 1 for item in relevant}
        run[query] = {str(item): float(1000 - place) for place, (item, _) in enumerate(ordered)}

    names = [f"{metric}@{k}" for k in DEPTHS for metric in METRICS]
    qrels, run = Qrels(qrels), Run(run)
    evaluate(qrels, run, names)
    scores = run.scores
    print("# made by metrics_ranx.py")
    for number, (ranked, relevant) in enumerate(cases):
        query = f"{number:03}"
        print("case")
        print("ranked", *(f"{item}:{score}" for item, score in ranked))
        print("relevant", *relevant)
        for k in DEPTHS:
            print(k, *(format(float(scores[f"{metric}@{k}"][query]), ".12g") for metric in METRICS))


main()
