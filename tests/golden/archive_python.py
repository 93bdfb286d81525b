#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows an archive of hybrec with the Python package safetensors (and numpy).

Usage: python archive_python.py recommender.safetensors
"""
import sys

from safetensors import safe_open


def ids(archive, side):
    names = set(archive.keys())
    if f"{side}.ids" in names:
        return archive.get_tensor(f"{side}.ids").tolist()
    if f"{side}.ends" not in names:
        return None
    text = archive.get_tensor(f"{side}.text").tobytes()
    ends = archive.get_tensor(f"{side}.ends").tolist()
    return [text[begin:end] for begin, end in zip([0] + ends, ends)]


def main():
    with safe_open(sys.argv[1], framework="numpy") as archive:
        for name, value in sorted((archive.metadata() or {}).items()):
            print(f"{name} = {value!r}")
        for name in sorted(archive.keys()):
            values = archive.get_tensor(name)
            print(f"{name}: {values.dtype} {list(values.shape)} {values.ravel()[:8].tolist()}")
        for side in ("users", "items"):
            print(f"first ids of {side}: {(ids(archive, side) or [])[:5]}")


main()
