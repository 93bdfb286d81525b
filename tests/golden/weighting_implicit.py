# SPDX-License-Identifier: MIT
"""Records what Python implicit 0.7.3 makes of a small random matrix: weighting_implicit.txt.

Run with implicit, numpy and scipy installed:  python weighting_implicit.py
Each line after the header: row, column, value, bm25_weight, bm25_weight(K1=1.2, B=0.5), tfidf_weight.
"""
import pathlib

import implicit
import numpy as np
import scipy.sparse as sp
from implicit.nearest_neighbours import bm25_weight, tfidf_weight

assert implicit.__version__ == "0.7.3"
rows, columns = 40, 30
rng = np.random.default_rng(7)
pattern = rng.random((rows, columns)) < 0.2
pattern[:, 3] = True  # a column that every row has: its raw idf is negative
pattern[:, 4] = np.arange(rows) > 0  # one that all but one have: idf 0
pattern[11, :] = False  # an empty row, which counts towards the mean length
pattern[:, 17] = False  # an empty column
values = np.where(pattern, rng.integers(1, 20, (rows, columns)), 0).astype(np.float64)
matrix = sp.csr_matrix(values)

results = [bm25_weight(matrix), bm25_weight(matrix, K1=1.2, B=0.5), tfidf_weight(matrix)]
coordinates = matrix.tocoo()
with open(pathlib.Path(__file__).with_suffix(".txt"), "w") as out:
    out.write(f"{rows} {columns} {matrix.nnz}\n")
    for at in range(matrix.nnz):
        assert all(r.row[at] == coordinates.row[at] and r.col[at] == coordinates.col[at] for r in results)
        numbers = " ".join(f"{r.data[at]:.12g}" for r in results)
        out.write(f"{coordinates.row[at]} {coordinates.col[at]} {coordinates.data[at]:g} {numbers}\n")
