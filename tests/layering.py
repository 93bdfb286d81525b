#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that includes go down the layers only: see "Rules of the house" in docs/architecture.md.

    layering.py ROOT          checks ROOT/include/hybrec, and that public headers have their tests
    layering.py --self-test   checks that violations are found
"""
import pathlib
import re
import sys
import tempfile

LAYERS = [["core"], ["concepts"], ["simd"], ["sparse"], ["data"], ["weighting", "retrieval"],
          ["baseline", "factorization", "neighbors", "linear", "content", "neural"],
          ["hybrid", "rerank"], ["evaluation", "serving"], ["io", "ext"]]
LEVEL = {module: level for level, modules in enumerate(LAYERS) for module in modules}
SINGLE = {"hybrid", "rerank", "evaluation", "serving"}  # these name concepts, never a model
MODELS = set(LAYERS[6])


def allowed(module, other):
    if module in SINGLE and other in MODELS:
        return False
    return other == module or LEVEL[other] < LEVEL[module]


def problems(root):
    base = root / "include" / "hybrec"
    for header in sorted(base.rglob("*.hpp")):
        path = header.relative_to(base)
        umbrella = len(path.parts) == 1
        module = path.stem if umbrella else path.parts[0]
        if module != "hybrec" and module not in LEVEL:
            yield f"{path}: module {module} has no layer in tests/layering.py"
            continue
        public = not umbrella and "detail" not in path.parts
        test = root / "tests" / path.with_suffix(".test.cpp")
        if public and not test.is_file():
            yield f"{path}: has no test {test.relative_to(root)}"
        for number, line in enumerate(header.read_text(encoding="utf-8").splitlines(), 1):
            include = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if not include:
                continue
            name, place = include[1], f"{path}:{number}"
            if name.startswith("xsimd/") and module != "simd":
                yield f"{place}: only simd/ may include {name}"
            if name == "cmath" and str(path) != "core/math.hpp":
                yield f"{place}: include <hybrec/core/math.hpp>, which says why"
            if '"' in line:
                yield f'{place}: write <hybrec/…>, not "{name}"'
            if not name.startswith("hybrec/") or module == "hybrec":
                continue
            parts = name.split("/")[1:]
            other = pathlib.PurePath(parts[0]).stem
            if other not in LEVEL:
                yield f"{place}: {name} is not in a module"
            elif umbrella and other != module:
                yield f"{place}: an umbrella includes its own module only, not {name}"
            elif not allowed(module, other):
                yield f"{place}: {module} must not include {name}"
            elif "detail" in parts and other != module:
                yield f"{place}: {name} is private to {other}"


def self_test():
    headers = {  # path: (text, whether it must be refused)
        "core/a.hpp": ("#include <vector>", False),
        "simd/b.hpp": ("#include <xsimd/xsimd.hpp>\n#include <hybrec/core/a.hpp>", False),
        "sparse.hpp": ("#include <hybrec/sparse/c.hpp>", False),
        "hybrec.hpp": ("#include <hybrec/sparse.hpp>\n#include <hybrec/io/x.hpp>", False),
        "sparse/c.hpp": ("#include <hybrec/data/d.hpp>", True),
        "weighting/e.hpp": ("#include <hybrec/retrieval/e.hpp>", True),
        "hybrid/f.hpp": ("#include <hybrec/factorization/als/als.hpp>", True),
        "data/g.hpp": ("#include <hybrec/sparse/detail/g.hpp>", True),
        "data/h.hpp": ("#include <xsimd/xsimd.hpp>", True),
        "data/i.hpp": ('#include "g.hpp"', True),
        "core/math.hpp": ("#include <cmath>", False),
        "core/cosine.hpp": ("#include <cmath>", True),
        "data.hpp": ("#include <hybrec/core/a.hpp>", True),
        "unknown/j.hpp": ("", True),
        "data/untested.hpp": ("", True),
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, (text, _) in headers.items():
            test = root / "tests" / pathlib.PurePath(path).with_suffix(".test.cpp")
            for file in (root / "include" / "hybrec" / path, test):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        (root / "tests" / "data" / "untested.test.cpp").unlink()
        found = list(problems(root))
    refused = {problem.split(":")[0] for problem in found}
    expected = {path for path, (_, bad) in headers.items() if bad}
    assert refused == expected, f"refused {refused}, expected {expected}"


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        sys.exit(0)
    found = list(problems(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "layering: fine")
    sys.exit(bool(found))
