# SPDX-License-Identifier: MIT
"""Records what one iteration of implicit ALS gives, for tests/factorization/als/parity.test.cpp.

Needs numpy, scipy and implicit (recorded with implicit 0.7.3). Run from this folder:
    OPENBLAS_NUM_THREADS=1 python als_parity.py > als_parity.txt

For each confidence convention the user factors after one exact half-iteration and the item factors
after the full iteration, from recorded starting item factors: computed densely in float64 and, for
the convention of implicit, also by implicit itself (use_cg=False).
"""
import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares

USERS, ITEMS, FACTORS, LAMBDA, ALPHA, UNOBSERVED = 40, 30, 20, 0.05, 1.5, 0.2
rng = np.random.default_rng(20240229)
mask = rng.random((USERS, ITEMS)) < 0.2
mask[3] = False          # a user without interactions
mask[:, 5] = False       # an item without interactions
values = np.where(mask, 1 + 4 * rng.random((USERS, ITEMS)), 0).astype(np.float32)
dislikes = mask & (rng.random((USERS, ITEMS)) < 0.1)
signed = np.where(dislikes, -values, values).astype(np.float32)
start = (0.1 * rng.standard_normal((ITEMS, FACTORS))).astype(np.float32)


def half(matrix, fixed, a, b, unobserved, exponent):
    """Solves every row of `matrix` against `fixed`, densely."""
    fixed = fixed.astype(np.float64)
    out = np.zeros((matrix.shape[0], fixed.shape[1]))
    for row in range(matrix.shape[0]):
        seen = np.flatnonzero(matrix[row])
        if len(seen) == 0:
            continue
        v = matrix[row, seen].astype(np.float64)
        lam = LAMBDA * (len(seen) + unobserved * len(fixed)) ** exponent
        A = unobserved * fixed.T @ fixed + lam * np.eye(fixed.shape[1])
        A += (fixed[seen].T * a(v)) @ fixed[seen]
        out[row] = np.linalg.solve(A, fixed[seen].T @ b(v))
    return out


def show(name, array):
    array = np.atleast_2d(array)
    print(name, *array.shape)
    for row in array:
        print(*("%.9g" % value for value in row))


conventions = {
    "hu_koren_volinsky": (values, lambda v: ALPHA * v, lambda v: 1 + ALPHA * v, 1.0, 0.0),
    "observed_weight": (values, lambda v: ALPHA * v, lambda v: ALPHA * v, UNOBSERVED, 1.0),
    "python_implicit": (signed, lambda v: np.abs(v) - 1, lambda v: np.maximum(v, 0), 1.0, 0.0),
}
show("values", values)
show("signed", signed)
show("start", start)
for name, (matrix, a, b, unobserved, exponent) in conventions.items():
    users = half(matrix, start, a, b, unobserved, exponent)
    items = half(matrix.T, users, a, b, unobserved, exponent)
    show(name + "_users", users)
    show(name + "_items", items)

model = AlternatingLeastSquares(factors=FACTORS, regularization=LAMBDA, alpha=1.0, use_cg=False,
                                use_native=True, iterations=1, num_threads=1, random_state=1)
model.user_factors = np.zeros((USERS, FACTORS), dtype=np.float32)
model.item_factors = start.copy()
model.fit(sp.csr_matrix(signed), show_progress=False)
show("implicit_users", model.user_factors)
show("implicit_items", model.item_factors)
