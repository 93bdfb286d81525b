#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Races hybrec's networks against the same in PyTorch, on the CPU, in turn, in one call.

    benchmarks/run neural [--jobs epochs,scoring,parity] [--quick] [--processor-time] [--json FILE]

Both sides use two threads and batches of 10,000 ratings of anime-5k (below HYBREC_DATA). Each entrant is a process that
stays alive; all run one repetition each, then all run the next; medians of five count. PyTorch trains with fused Adam,
and in a second process with SparseAdam: hybrec must beat the faster. Its processes get settings of the allocator that
keep memory (glibc's): without them it returns every temporary array to the system, and an epoch takes several
times as long.

    epochs    seconds of an epoch
    scoring   seconds until the scores of 1,000 items for one user are there
    parity    recommender_net from the same starting values, on the same samples in the same order, mean of three seeds:
              the lowest validation loss, and 1 - NDCG@10 of held-out liked items at that epoch; with ratings alone,
              and with four drawn negatives each; dense updates of embeddings beside Adam, lazy ones beside SparseAdam

A ratio is PyTorch's figure divided by hybrec's: larger is better for hybrec. With --quick, parity is left out and slow
jobs are repeated three times. With --processor-time, processor seconds of all threads are compared.
PyTorch is installed to build/torch-venv; HYBREC_TORCH_PYTHON names a Python that has it already.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import statistics
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "peers"))

from peers import Entrant, Side, THREADS, processor, race  # noqa: E402
from report import print_table  # noqa: E402

JOBS = ("epochs", "scoring", "parity")
# A network, the length of its embeddings, the bars of an epoch and of scoring (None: there is none). A row each: torch_jobs.py has all of
# them, neural_jobs.cpp answers NAME_epoch and NAME_score.
NETWORKS = (("recommender_net", 128, 3, 10),
            ("deep_fm", 16, 1.5, 10),
            ("wide_and_deep", 32, 1.5, 10))
# PyTorch's optimizers, and how hybrec updates embeddings as they do.
PEERS = {"Adam": "dense", "SparseAdam": "lazy"}
SEEDS = (1, 2, 3)
# Negatives per rating, epochs, learning rate: hybrec's validation loss is lowest before the last epoch. At 0.003 it is
# within 1 % the same, after three times as many epochs.
PARITY = ((0, 18, 0.01), (4, 16, 0.01))
SAME = 0.99999  # the bar: they differ by rounding, and by a pair of titles that changes places
SHAPE = "anime-5k"
SETTINGS = ["GLIBC_TUNABLES=" + ":".join(f"glibc.malloc.{name}" for name in (
    "hugetlb=1", "arena_max=1", "mmap_threshold=33554432", "trim_threshold=8589934592"))]


class Contest:
    def __init__(self, options):
        self.options = options
        self.sides = {"hybrec": Side("hybrec", [str(options.programs / "neural_jobs")]),
                      **{name: self.peer(name) for name in PEERS}}
        self.versions = {}
        self.lines = []
        folder = options.work / "data"
        self.size = self.ask("hybrec", "load", data=str(options.data / "anime_ratings.dat"), folder=str(folder))
        for name in PEERS:
            self.versions[name] = self.ask(name, "load", folder=str(folder))["version"]

    def peer(self, optimizer):
        return Side("PyTorch", ["env", *SETTINGS, str(self.options.python), str(HERE / "torch_jobs.py"), optimizer])

    def ask(self, side, job, **members):
        return self.sides[side].ask(job, **members)

    def close(self):
        for side in self.sides.values():
            side.close()

    def median(self, answers):
        clock = "processor_seconds" if self.options.processor_time else "seconds"
        return statistics.median(answer.get(clock, answer["seconds"]) for answer in answers)

    def add(self, job, factors, hybrec, peer, ours, theirs, bar, unit="s", **more):
        ratio = theirs / ours
        line = {"job": job, "shape": SHAPE, "factors": factors, "hybrec": hybrec, "peer": peer, "hybrec_value": ours,
                "peer_value": theirs, "unit": unit, "ratio": ratio, "bar": bar,
                "reached": None if bar is None else ratio >= bar, **more}
        self.lines.append(line)
        print_table([line], header=len(self.lines) == 1)

    def compare(self, job, factors, bar, ours, peers):
        answers = race(self, [ours, *peers], self.options.quick)
        samples = answers[ours.label]
        for peer in peers:
            theirs = answers[peer.label]
            self.add(job, factors, ours.label, peer.label, self.median(samples), self.median(theirs), bar,
                     repetitions=min(len(samples), len(theirs)), hybrec_samples=samples, peer_samples=theirs)

    def epochs(self):
        for name, size, bar, _ in NETWORKS:
            self.compare("epoch", size, bar, Entrant(name, "hybrec", f"{name}_epoch"),
                         [Entrant(f"PyTorch {side}", side, "epoch", network=name) for side in PEERS])
            if name == "recommender_net":  # like for like
                self.compare("epoch", size, bar, Entrant(f"{name}, dense", "hybrec", f"{name}_epoch", dense=True),
                             [Entrant("PyTorch Adam", "Adam", "epoch", network=name)])

    def scoring(self):
        """After the epochs, whose networks are asked."""
        items = [at * self.size["items"] // 1000 for at in range(1000)]
        for name, size, _, bar in NETWORKS:
            ours = Entrant(name, "hybrec", f"{name}_score", items=items)
            peers = [Entrant("PyTorch", "Adam", "score", network=name, items=items)]
            if name == "recommender_net":
                prepared = Entrant("PyTorch, prepared", "Adam", "score", network=name, items=items, prepared=True)
                self.compare("scoring", size, None, ours, [prepared])  # inner products, not the network
            self.compare("scoring", size, bar, ours, peers)
            if name != "recommender_net":  # which takes too little time to be shared
                alone = Entrant(f"{name}, one thread", "hybrec", f"{name}_score", items=items, threads=1)
                self.compare("scoring", size, None, alone, peers)

    def parity(self):
        """Dense updates of embeddings against Adam, lazy ones against SparseAdam."""
        for negatives, epochs, rate in PARITY:
            found = {}
            for seed in SEEDS:
                for name, answer in self.train_all(negatives, epochs, rate, seed).items():
                    found.setdefault(name, []).append(answer)
            who = "ratings" if negatives == 0 else f"{negatives} negatives"
            for name, updates in PEERS.items():
                for what, unit in (("loss", "loss"), ("miss", "1 - NDCG@10")):
                    ours, theirs = ([answer[what] for answer in found[side]] for side in (updates, name))
                    self.add("parity", 128, f"{who}, {updates}", f"PyTorch {name}", statistics.mean(ours),
                             statistics.mean(theirs), SAME, unit=unit, hybrec_samples=ours, peer_samples=theirs)

    def train_all(self, negatives, epochs, rate, seed):
        """What hybrec, by its updates, and its peers come to."""
        folder, values, vectors = (self.options.work / name for name in ("epoch", "start", "vectors"))
        vectors.mkdir(parents=True, exist_ok=True)
        draw = {"negatives": negatives, "seed": seed, "folder": str(folder)}
        self.ask("hybrec", "samples", part="validation", **draw)
        self.ask("hybrec", "start", seed=seed, folder=str(values))
        for name in PEERS:  # on one thread and side by side, as nothing is timed
            self.ask(name, "start", folder=str(folder), values=str(values), rate=rate, threads=1)
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            for epoch in range(epochs):
                self.ask("hybrec", "samples", part="train", epoch=epoch, **draw)
                list(pool.map(lambda name: self.ask(name, "train", folder=str(folder)), PEERS))
        self.ask("hybrec", "samples", part="train", epoch=0, **{**draw, "negatives": 0})  # whom training knows
        answers = {updates: self.ask("hybrec", "fit", negatives=negatives, epochs=epochs, rate=rate, seed=seed,
                                     dense=updates == "dense") for updates in PEERS.values()}
        for name in PEERS:
            answers[name] = self.ask(name, "finish", folder=str(vectors), known=str(folder))
            answers[name].update(self.ask("hybrec", "ndcg", folder=str(vectors)))
        for answer in answers.values():
            answer["miss"] = 1 - answer["ndcg"]
        return answers


def parse(arguments):
    parser = argparse.ArgumentParser(prog="benchmarks/run neural", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=lambda text: text.split(","))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--processor-time", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    # Set by benchmarks/run.
    parser.add_argument("--python", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)  # only these arguments
    options = parser.parse_args(arguments)
    options.jobs = options.jobs or [job for job in JOBS if job != "parity" or not options.quick]
    if unknown := set(options.jobs) - set(JOBS):
        parser.error(f"argument --jobs: unknown {', '.join(sorted(unknown))}; expected of {', '.join(JOBS)}")
    if "scoring" in options.jobs and "epochs" not in options.jobs:
        parser.error("argument --jobs: scoring asks the networks that epochs trained; expected epochs,scoring")
    if options.json and not options.json.parent.is_dir():  # said now, not after minutes
        parser.error(f"argument --json: there is no folder {options.json.parent}")
    options.data = pathlib.Path(os.environ.get("HYBREC_DATA", "")) / SHAPE
    if not (options.data / "anime_ratings.dat").exists():
        parser.error(f"expected HYBREC_DATA to name a folder with {SHAPE}/anime_ratings.dat")
    return options


def main():
    options = parse(sys.argv[1:])
    if options.check:
        return
    contest = Contest(options)
    try:
        for job in (job for job in JOBS if job in options.jobs):
            getattr(contest, job)()
    finally:  # what was measured is kept if a later job fails
        contest.close()
        if contest.lines:
            result = {"machine": processor(), "threads": 2, "clock": "processor" if options.processor_time else "wall",
                      "versions": contest.versions, "lines": contest.lines}
            if options.json:
                options.json.write_text(json.dumps(result, indent=1) + "\n")
            print(f"\n{result['machine']}; {', '.join(contest.versions.values())}")


if __name__ == "__main__":
    main()
