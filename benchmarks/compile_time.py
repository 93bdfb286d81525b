#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long including hybrec takes.

    benchmarks/run compile_time [--compiler g++] [--repetitions 5] [--json FILE]

Compiles one line, the include of each module's umbrella and of hybrec.hpp, to an object at -O0, the latter also
with hybrec.hpp compiled before (as target_precompile_headers does it), and a program that fits, recommends and
saves at -O3. Processor seconds of the compiler (a quiet machine's wall-clock seconds), medians. Bars: hybrec.hpp
under 3 s, the program under 8 s. The same with -march=native has no bar: it depends on the processor's instruction
sets.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = ROOT / "include"

PROGRAM = """
#include <hybrec/factorization.hpp>
#include <hybrec/io.hpp>
#include <hybrec/retrieval.hpp>

int main() {
    const hybrec::user_items matrix{{0, 2, 3}, {hybrec::item_index{0}, hybrec::item_index{1},
                                                hybrec::item_index{1}}, {1, 2, 3}, 2};
    hybrec::implicit_als<> model{{.factors = 8}};
    model.fit(matrix);
    const auto top = model.recommend(hybrec::user_index{0}, 10, hybrec::unseen_by_user(matrix));
    hybrec::save("model.safetensors", model);
    return static_cast<int>(top.size());
}
"""


def precompile(command, folder):
    """Compiles hybrec.hpp beside a copy in `folder`, where the compiler looks for it first."""
    header = folder / "hybrec" / "hybrec.hpp"
    header.parent.mkdir()
    header.write_bytes((INCLUDE / "hybrec" / "hybrec.hpp").read_bytes())
    compiled = header.with_suffix(".hpp.pch" if "clang" in command[0] else ".hpp.gch")
    subprocess.run([*command, "-O0", "-x", "c++-header", str(header), "-o", str(compiled)], check=True,
                   stderr=subprocess.DEVNULL)
    return ["-include-pch", str(compiled)] if "clang" in command[0] else ["-include", str(header)]


def compile_seconds(command, text):
    """Processor seconds of one compilation."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "unit.cpp"
        source.write_text(text)
        process = subprocess.Popen([*command, "-c", str(source), "-o", str(source.with_suffix(".o"))])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"compile_time: {' '.join(command)} failed on:\n{text}")
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/run compile_time", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    if options.repetitions < 1:
        parser.error("argument --repetitions: expected at least 1")

    command = [options.compiler, "-std=c++20", "-I", str(INCLUDE)]
    umbrellas = sorted((INCLUDE / "hybrec").glob("*.hpp"), key=lambda path: (path.stem == "hybrec", path.stem))
    folder = tempfile.TemporaryDirectory()
    precompiled = precompile(command, pathlib.Path(folder.name))
    jobs = [(f"#include <hybrec/{path.name}>", "-O0", f"#include <hybrec/{path.name}>\n",
             3.0 if path.stem == "hybrec" else None, []) for path in umbrellas]
    jobs.append(("the same, precompiled", "-O0", "\n", None, precompiled))
    jobs.append(("implicit_als<>: fit, recommend, save", "-O3", PROGRAM, 8.0, []))
    jobs.append(("the same for this processor", "-O3", PROGRAM, None, ["-march=native"]))

    print(f"{'unit':40}{'flags':6}{'seconds':>9}{'least':>8}{'most':>8}{'bar':>6}")
    lines = []
    for name, level, text, bar, more in jobs:
        samples = [compile_seconds([*command, level, *more], text) for _ in range(options.repetitions)]
        seconds = statistics.median(samples)
        verdict = "" if bar is None else "  reached" if seconds < bar else "  MISSED"
        print(f"{name:40}{level:6}{seconds:9.2f}{min(samples):8.2f}{max(samples):8.2f}{bar or '':>6}{verdict}",
              flush=True)
        lines.append({"unit": name, "flags": [level, *more], "seconds": seconds, "samples": samples, "bar": bar})
    if options.json:
        version = subprocess.run([options.compiler, "--version"], capture_output=True, text=True, check=True)
        options.json.write_text(json.dumps({"compiler": version.stdout.splitlines()[0], "lines": lines},
                                           indent=1) + "\n")


if __name__ == "__main__":
    main()
