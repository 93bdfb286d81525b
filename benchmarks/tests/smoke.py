#SPDX - License - Identifier : MIT
"""Runs the benchmarks' programs on a tiny shape and checks what they say; nothing is timed.

    smoke.py solver_variants | bad_arguments | hybrec_jobs | report  FOLDER_OF_PROGRAMS
"""
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))


def run(program, *arguments, text=None):
    return subprocess.run([str(program), *map(str, arguments)], input=text, capture_output=True, text=True,
                          check=False)


def solver_variants(programs, work):
    result = run(programs / "solver_variants", "--shape", "tiny", "--factors", "8,20", "--threads", "1,2",
                 "--iterations", "2", "--json", work / "out.json")
    assert result.returncode == 0, result.stderr
    lines = json.loads((work / "out.json").read_text())["lines"]
    assert len(lines) == 2 * 3 * 2
    losses = {}
    for line in lines:
        assert line["solver"] in result.stdout
        assert len(line["iterations"]) == 2 and line["seconds_per_iteration"] > 0
        assert line["gflops_needed"] > 0 and line["share_of_peak"] > 0 and line["peak_bytes"] > 0
        limit = 1e-4 if line["solver"] == "exact" else 0.3
        assert 0 <= line["error"] < limit, line
#The number of threads never shows in a result.
        key = line["factors"], line["solver"]
        assert losses.setdefault(key, (line["loss"], line["error"])) == (line["loss"], line["error"])
    assert losses[20, "exact"][0] < losses[8, "exact"][0]


def bad_arguments(programs, work):
    broken = work / "broken.csv"
    broken.write_text("user,item\nonly one\n")
    for arguments, status, message in (
            (["--shape", "nowhere"], 2, '--shape is "nowhere"'),
            (["--factors", "0"], 2, '--factors is "0"; expected a number from 1 to 2048'),
            (["--factors", "8,"], 2, '--factors is ""'),
            (["--threads", "two"], 2, '--threads is "two"'),
            (["--solvers", "magic"], 2, '--solvers names "magic"'),
            (["--regularization", "-1"], 2, '--regularization is "-1"'),
            (["--magic", "1"], 2, 'unknown option "--magic"'),
            (["--json"], 2, "--json needs a value"),
            (["--shape", broken], 1, "broken.csv"),
            (["--shape", "tiny", "--factors", "4", "--iterations", "1", "--json", work / "no" / "a.json"],
             1, "cannot be written")):
        result = run(programs / "solver_variants", *arguments)
        assert result.returncode == status, (arguments, result)
        assert message in result.stderr, (arguments, result.stderr)
    assert "usage" in run(programs / "solver_variants", "--help").stdout


def hybrec_jobs(programs, work):
    assert run(programs / "write_shape", "tiny", work / "tiny").returncode == 0
    assert run(programs / "write_shape", "tiny", "--csv", work / "tiny.csv").returncode == 0
    assert run(programs / "write_shape").returncode == 2
    fit = {"factors": 8, "threads": 2}
    jobs = [{"job": "load", "folder": str(work / "tiny")},
            *({
    "job" : "als_iteration", "solver" : solver, **fit}
              for solver in ("exact", "conjugate_gradient", "subspace")),
            {"job": "als_state", "folder": str(work / "state"), **fit},
            {"job": "als_error", "folder": str(work / "state"), "solver": "conjugate_gradient", **fit},
            {"job": "train", "folder": str(work / "factors"), **fit},
            {"job": "recommend_all"}, {"job": "similar_all"}, {"job": "one_user", "users": [0, 1]},
            {"job": "knn", "neighbors": 5}, {"job": "bm25"}, {"job": "bm25_memory"},
            {"job": "read_csv", "path": str(work / "tiny.csv")},
            {"job": "fit_once", "solver": "exact", **fit},
            {"job": "load", "folder": str(work / "tiny")}, {"job": "knn_once", "neighbors": 5, "threads": 2},
            {"job": "load", "folder": str(work / "tiny")},
            {"job": "bpr_epoch", **fit}, {"job": "bpr_split", "shape": "tiny", "folder": str(work / "split")},
            {"job": "bpr_quality", "epochs": 20, **fit}]
    refused = [{"job": "magic"}, {"job": "als_iteration", "solver": "magic"}, {"job": "bpr_quality", "folder": "nowhere"},
               {"job": "load", "folder": "nowhere"}]
    result = run(programs / "hybrec_jobs", text="".join(json.dumps(job) + "\n" for job in jobs + refused))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 0 and len(answers) == len(jobs) + len(refused), result
    for job, answer in zip(jobs, answers):
        assert answer.get("ok"), (job, answer)
        assert answer.get("seconds", 1) > 0
    for job, answer in zip(refused, answers[len(jobs):]):
        assert "ok" not in answer and ("magic" in answer["error_message"] or "nowhere" in answer["error_message"])
    assert answers[0]["entries"] == 9000
    assert 0 < answers[5]["error"] < 0.3
    assert (work / "split" / "indices.npy").stat().st_size < (work / "tiny" / "indices.npy").stat().st_size
    assert 0 < answers[len(jobs) - 1]["ndcg"] < 1
    log = (work / "tiny.csv").read_text().splitlines()
    assert len(log) == 9001 and len(set(log)) == 9001


def report(_, work):
    from bars import bar_of
    from plot import write_plot
    from report import amount

    assert bar_of("als", "ml1m", 64, "exact", "implicit cholesky") == 15
    assert bar_of("als", "ml20m", 256, "subspace", "irspack_native ialspp") == 3
    assert bar_of("als", "elsewhere", 64, "exact", "implicit cholesky") is None
    assert bar_of("als", "ml20m", 64, "exact", "implicit cg") is None
    assert bar_of("bpr", "ml20m", 64, "bpr", "implicit bpr") == 2
    assert bar_of("bpr_quality", "elsewhere", 64, "bpr", "implicit bpr") == 1
    assert math.isclose(bar_of("memory", "ml20m", 64, "exact", "irspack cholesky"), 2)
    assert bar_of("knn", "ml20m", None, "item_knn K=20", "implicit cosine K=20") == 4
    assert bar_of("memory", "ml20m", None, "item_knn K=100", "implicit cosine K=100") == 2
    assert (amount(0.0125, "s"), amount(3e-6, "s"), amount(7.4, "MiB")) == ("12.5 ms", "3 µs", "7 MiB")
    peers = pathlib.Path(__file__).resolve().parent.parent / "peers" / "peers.py"
    for arguments, message in ((["--jobs", "als,magic"], "--jobs: unknown magic"),
                               (["--factors", "0"], "--factors: expected numbers of at least 1"),
                               (["--json", work / "no" / "a.json"], "--json: there is no folder")):
        result = run(sys.executable, peers, "--venv", work, "--programs", work, "--work", work, *arguments)
        assert result.returncode == 2 and message in result.stderr, result
    line = {"job": "als", "shape": "ml1m", "factors": 64, "hybrec": "a & b", "peer": "c", "ratio": 4.0,
            "bar": 5, "reached": False}
    write_plot(work / "plot.svg", {"machine": "m", "threads": 2, "versions": {}, "lines": [line]})
    root = xml.etree.ElementTree.parse(work / "plot.svg").getroot()
    assert any("a & b" in (node.text or "") for node in root.iter())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        {"solver_variants": solver_variants, "bad_arguments": bad_arguments, "hybrec_jobs": hybrec_jobs,
         "report": report}[sys.argv[1]](pathlib.Path(sys.argv[2]), pathlib.Path(folder))
