#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Races hybrec against implicit and irspack: the same matrices, in turn, in one call.

    benchmarks/run peers [--shape ml1m,ml20m] [--factors 64,128,256]
                         [--jobs als,error,knn,bpr,bm25,recommend_all,one_user,similar_all,memory,threads,csv]
                         [--quick] [--processor-time] [--json FILE] [--plot FILE]

Both sides use two threads. Each entrant is a process that stays alive; a race lets all entrants of a
job run one repetition each, then all run the next, and compares medians of five (after one that does
not count; of fifteen for threads). With --quick, jobs of more than 20 seconds are repeated three times, and the table says so.
With --processor-time, processor seconds of all threads are compared instead of wall-clock seconds, for
machines that are busy with other things; the JSON file has both. Idle threads that spin count too.

A ratio is the peer's figure divided by hybrec's: larger is better for hybrec. Shapes may also be
names or paths of data sets. The plot goes to build/benchmarks/peers.svg unless --plot says otherwise.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

from bars import bar_of
from plot import write_plot
from report import print_table

JOBS = ("als", "error", "knn", "bpr", "bm25", "recommend_all", "one_user", "similar_all", "memory", "threads", "csv")
THREADS = 2
BPR_EPOCHS = {"hybrec": 100, "implicit": 50}  # chosen as the settings in bpr_jobs.hpp and peer_jobs.py
BPR_DATA = "ml-1m"  # below HYBREC_DATA
NEIGHBORS = (20, 100)
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# hybrec's solvers with what the peers call theirs.
SOLVERS = {"exact": "cholesky", "conjugate_gradient": "cg", "subspace": "ialspp"}


class Side:
    """A process that takes jobs, one JSON line each."""

    def __init__(self, name, command):
        self.name = name
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as implicit asks
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=environment)

    def ask(self, job, **members):
        print(json.dumps({"job": job, "threads": THREADS, **members}), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error_message": "the process ended"}
        if "ok" not in answer:
            raise SystemExit(f"{self.name}: {job} {members}: {answer['error_message']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Sides:
    """How to start each side; the processes of one shape."""

    def __init__(self, options):
        python = str(options.venv / "bin" / "python")
        peer = [python, str(HERE / "peer_jobs.py")]
        self.commands = {"hybrec": [str(options.programs / "hybrec_jobs")],
                         "implicit": [*peer, "implicit"],
                         "irspack": [*peer, "irspack"]}
        if options.native:
            self.commands["irspack_native"] = [*peer, f"irspack:{options.native}"]
        self.running = {}
        self.versions = {}

    def start(self, name):
        return Side(name, self.commands[name])

    def load(self, folder):
        self.close()
        for name in self.commands:
            self.running[name] = self.start(name)
            self.versions[name] = self.running[name].ask("load", folder=str(folder)).get("version", "hybrec")

    def irspacks(self):
        return [name for name in self.commands if name.startswith("irspack")]

    def ask(self, name, job, **members):
        return self.running[name].ask(job, **members)

    def close(self):
        for side in self.running.values():
            side.close()
        self.running = {}


class Entrant:
    """One configuration in a race: which side does what."""

    def __init__(self, label, side, job, **members):
        self.label, self.side, self.job, self.members = label, side, job, members


def race(sides, entrants, quick, repetitions=5):
    """Lets the entrants take turns. Returns the answers of each, by label."""
    answers = {entrant.label: [] for entrant in entrants}
    durations = {}
    for repetition in range(-1, repetitions):
        for entrant in entrants:
            label = entrant.label
            if quick and durations.get(label, 0) > 20 and repetition >= 3:
                continue
            # Threads that have slept may wake up on one processor, and stay there for some milliseconds: before a
            # short job is timed, it runs for nothing.
            if durations.get(label, 1) < 0.25:
                sides.ask(entrant.side, entrant.job, **entrant.members)
            begin = time.monotonic()
            answer = sides.ask(entrant.side, entrant.job, **entrant.members)
            if repetition < 0:  # warms caches and pools, and tells how long it takes
                durations[label] = time.monotonic() - begin
                continue
            answers[label].append(answer)
            time.sleep(0.02)  # lets threads that spin for work go to sleep
    return answers


class Contest:
    """All jobs of one call, and the lines of the table they give."""

    def __init__(self, options):
        self.options = options
        self.sides = Sides(options)
        self.lines = []

    def median(self, answers):
        """Of the clock that was asked for, if the job reads it."""
        clock = "processor_seconds" if self.options.processor_time else "seconds"
        return statistics.median(answer.get(clock, answer["seconds"]) for answer in answers)

    def add(self, job, shape, factors, hybrec, peer, ours, theirs, unit="s", **more):
        bar = bar_of(job, shape, factors, hybrec, peer)
        ratio = theirs / ours
        line = {"job": job, "shape": shape, "factors": factors, "hybrec": hybrec, "peer": peer,
                "hybrec_value": ours, "peer_value": theirs, "unit": unit, "ratio": ratio, "bar": bar,
                "reached": None if bar is None else ratio >= bar, **more}
        self.lines.append(line)
        print_table([line], header=len(self.lines) == 1)
        return line

    def compare(self, job, shape, factors, answers, hybrec, peers, **more):
        """Adds a line per peer from the answers of a race."""
        for peer in peers:
            self.add(job, shape, factors, hybrec, peer, self.median(answers[hybrec]), self.median(answers[peer]),
                     repetitions=min(len(answers[hybrec]), len(answers[peer])),
                     hybrec_samples=answers[hybrec], peer_samples=answers[peer], **more)

    # One function per job.

    def als(self, shape, factors):
        entrants = [Entrant(solver, "hybrec", "als_iteration", solver=solver, factors=factors)
                    for solver in SOLVERS]
        for solver, name in SOLVERS.items():
            if name != "ialspp":
                entrants.append(Entrant(f"implicit {name}", "implicit", "als_iteration", solver=name,
                                        factors=factors))
            for side in self.sides.irspacks():
                entrants.append(Entrant(f"{side} {name}", side, "als_iteration", solver=name, factors=factors))
        answers = race(self.sides, entrants, self.options.quick)
        for solver, name in SOLVERS.items():
            peers = [entrant.label for entrant in entrants if entrant.label.endswith(f" {name}")]
            self.compare("als", shape, factors, answers, solver, peers)
        self.compare("als", shape, factors, answers, "exact", ["implicit cg"])

    def error(self, shape, factors):
        folder = str(self.options.work / "state")
        self.sides.ask("hybrec", "als_state", factors=factors, folder=folder)
        ours = self.sides.ask("hybrec", "als_error", solver="conjugate_gradient", factors=factors, folder=folder)
        theirs = self.sides.ask("implicit", "als_error", solver="cg", factors=factors, folder=folder)
        self.add("error", shape, factors, "conjugate_gradient", "implicit cg", ours["error"], theirs["error"],
                 unit="relative")

    def bpr(self, shape, factors):
        """Seconds per epoch: hybrec with two threads, with one, and implicit."""
        entrants = [Entrant("bpr", "hybrec", "bpr_epoch", factors=factors),
                    Entrant("implicit bpr", "implicit", "bpr_epoch", factors=factors),
                    Entrant("bpr 1", "hybrec", "bpr_epoch", factors=factors, threads=1)]
        answers = race(self.sides, entrants, self.options.quick)
        self.compare("bpr", shape, factors, answers, "bpr", ["implicit bpr"])
        self.threads_line(shape, factors, "bpr", answers["bpr"], answers["bpr 1"])

    def bpr_quality(self, factors):
        """NDCG@10 on a tenth of real data that is held out: invented shapes have popular items but no tastes, and
        implicit, which draws negatives as often as they were chosen, learns no popularity. One run is enough:
        the figures hardly change between runs."""
        data = pathlib.Path(os.environ.get("HYBREC_DATA", "")) / BPR_DATA
        if "HYBREC_DATA" not in os.environ or not data.exists():
            print(f"bpr_quality was left out: HYBREC_DATA names no folder with {BPR_DATA}", file=sys.stderr)
            return
        folder = str(self.options.work / "bpr")
        self.sides.ask("hybrec", "bpr_split", shape=str(data), folder=folder)
        self.sides.ask("implicit", "bpr_fit", folder=folder, factors=factors, epochs=BPR_EPOCHS["implicit"])
        ours = self.sides.ask("hybrec", "bpr_quality", factors=factors, epochs=BPR_EPOCHS["hybrec"])["ndcg"]
        theirs = self.sides.ask("hybrec", "bpr_quality", factors=factors, folder=folder)["ndcg"]
        # An error is what falls short of the ideal ranking, so that less is better as in all lines.
        self.add("bpr_quality", BPR_DATA, factors, "bpr", "implicit bpr", 1 - ours, 1 - theirs, unit="1 - NDCG@10")

    def simple(self, job, shape, factors, **members):
        """A race of one job between hybrec and implicit."""
        entrants = [Entrant(side, side, job, **members) for side in ("hybrec", "implicit")]
        answers = race(self.sides, entrants, self.options.quick)
        self.compare(job, shape, factors, answers, "hybrec", ["implicit"])

    def knn(self, shape, neighbors):
        """Cosine neighbours of all items."""
        entrants = [Entrant(f"{name} K={neighbors}", side, "knn", neighbors=neighbors)
                    for side, name in (("hybrec", "item_knn"), ("implicit", "implicit cosine"))]
        answers = race(self.sides, entrants, self.options.quick)
        self.compare("knn", shape, None, answers, entrants[0].label, [entrants[1].label])

    def knn_memory(self, shape, folder, neighbors):
        """Peak memory of fresh processes that load the matrix and find neighbours."""
        peaks = {}
        for side in ("hybrec", "implicit"):
            process = self.sides.start(side)
            process.ask("load", folder=str(folder))
            peaks[side] = process.ask("knn_once", neighbors=neighbors)["peak_bytes"] / 2**20
            process.close()
        self.add("memory", shape, None, f"item_knn K={neighbors}", f"implicit cosine K={neighbors}",
                 peaks["hybrec"], peaks["implicit"], unit="MiB")

    def serve(self, factors):
        """The same trained factors on both sides."""
        folder = str(self.options.work / "factors")
        self.sides.ask("hybrec", "train", factors=factors, folder=folder)
        self.sides.ask("implicit", "serve", factors=factors, folder=folder)

    def retrieval(self, shape, factors, users):
        wanted = [job for job in ("recommend_all", "one_user", "similar_all") if job in self.options.jobs]
        if not wanted:
            return
        self.serve(factors)
        for job in wanted:
            sample = {"users": [user * users // 500 for user in range(500)]} if job == "one_user" else {}
            self.simple(job, shape, factors, **sample)

    def memory(self, shape, factors, folder):
        """Peak memory of fresh processes that load the matrix and fit."""
        def peak(side, solver):
            process = self.sides.start(side)
            process.ask("load", folder=str(folder))
            peak_bytes = process.ask("fit_once", solver=solver, factors=factors)["peak_bytes"]
            process.close()
            return peak_bytes / 2**20

        for solver in ("exact", "conjugate_gradient"):
            ours = peak("hybrec", solver)
            for side in ["implicit", *self.sides.irspacks()]:
                self.add("memory", shape, factors, solver, f"{side} {SOLVERS[solver]}", ours,
                         peak(side, SOLVERS[solver]), unit="MiB")

    def bm25_memory(self, shape, folder):
        process = self.sides.start("hybrec")
        process.ask("load", folder=str(folder))
        answer = process.ask("bm25_memory")
        process.close()
        allowed = 1.1 * 2 * answer["matrix_bytes"]  # input and output are of one size
        self.add("memory", shape, None, "bm25", "input + output + 10 %",
                 (answer["matrix_bytes"] + answer["extra_bytes"]) / 2**20, allowed / 2**20, unit="MiB")

    def threads(self, shape, factors):
        """hybrec with two threads against hybrec with one."""
        entrants = [Entrant(f"{solver} {threads}", "hybrec", "als_iteration", solver=solver, factors=factors,
                            threads=threads) for solver in SOLVERS for threads in (1, 2)]
        entrants += [Entrant(f"recommend_all {threads}", "hybrec", "recommend_all", threads=threads)
                     for threads in (1, 2)]
        self.serve(factors)
        # Some iterations take 15 ms, and something else on the machine as long.
        answers = race(self.sides, entrants, self.options.quick, repetitions=15)
        for what in [*SOLVERS, "recommend_all"]:
            self.threads_line(shape, factors, what, answers[f"{what} 2"], answers[f"{what} 1"])

    def threads_line(self, shape, factors, what, two, one):
        self.add("threads", shape, factors, f"{what} 2", f"{what} 1",
                 statistics.median(answer["seconds"] for answer in two),
                 statistics.median(answer["seconds"] for answer in one), repetitions=len(one))

    def csv(self, shape):
        path = self.options.work / f"{pathlib.Path(shape).name}.csv"
        run_program(self.options, "write_shape", shape, "--csv", path)
        entrants = [Entrant("hybrec", "hybrec", "read_csv", path=str(path)),
                    Entrant("pandas", "implicit", "read_csv", path=str(path))]
        answers = race(self.sides, entrants, self.options.quick)
        self.compare("csv", shape, None, answers, "hybrec", ["pandas"])
        path.unlink()

    def run(self, shape):
        folder = self.options.work / "shapes" / pathlib.Path(shape).name
        run_program(self.options, "write_shape", shape, folder)
        users = int.from_bytes((folder / "shape.npy").read_bytes()[-16:-8], "little")
        jobs = self.options.jobs
        self.sides.load(folder)
        if "bm25" in jobs:
            self.simple("bm25", shape, None)
        if "knn" in jobs:
            for neighbors in NEIGHBORS:
                self.knn(shape, neighbors)
        for factors in self.options.factors:
            for job in ("als", "error", "bpr", "threads"):
                if job in jobs:
                    getattr(self, job)(shape, factors)
            if "bpr" in jobs and shape == self.options.shape[0]:
                self.bpr_quality(factors)
            self.retrieval(shape, factors, users)
        if "csv" in jobs:
            self.csv(shape)
        self.sides.close()
        if "knn" in jobs:
            for neighbors in NEIGHBORS:
                self.knn_memory(shape, folder, neighbors)
        if "memory" in jobs:
            self.bm25_memory(shape, folder)
            for factors in self.options.factors:
                self.memory(shape, factors, folder)


def run_program(options, name, *arguments):
    subprocess.run([str(options.programs / name), *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def processor():
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    return f"{model}, {os.cpu_count()} processors"


def names(text):
    return text.split(",")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="benchmarks/run peers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", type=names, default=["ml1m", "ml20m"])
    parser.add_argument("--factors", type=lambda text: [int(part) for part in names(text)],
                        default=[64, 128, 256])
    parser.add_argument("--jobs", type=names, default=list(JOBS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--processor-time", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--plot", type=pathlib.Path, default=ROOT / "build/benchmarks/peers.svg")
    # Set by benchmarks/run.
    parser.add_argument("--venv", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--native", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)  # only these arguments
    options = parser.parse_args(arguments)
    unknown = set(options.jobs) - set(JOBS)
    if unknown:
        parser.error(f"argument --jobs: unknown {', '.join(sorted(unknown))}; expected of {', '.join(JOBS)}")
    if min(options.factors) < 1:
        parser.error("argument --factors: expected numbers of at least 1")
    if options.json and not options.json.parent.is_dir():  # said now, not after hours
        parser.error(f"argument --json: there is no folder {options.json.parent}")
    return options


def main():
    options = parse(sys.argv[1:])
    if options.check:
        return
    contest = Contest(options)
    try:
        for shape in options.shape:
            contest.run(shape)
    finally:  # what was measured is kept if a later job fails
        contest.sides.close()
        if contest.lines:
            result = {"machine": processor(), "threads": THREADS,
                      "clock": "processor" if options.processor_time else "wall", "versions": contest.sides.versions,
                      "lines": contest.lines}
            if options.json:
                options.json.write_text(json.dumps(result, indent=1) + "\n")
            write_plot(options.plot, result)
            print(f"\n{result['machine']}; {', '.join(contest.sides.versions.values())}\nplot: {options.plot}")


if __name__ == "__main__":
    main()
