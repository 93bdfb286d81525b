# SPDX-License-Identifier: MIT
"""The bars: how many times the peer's figure must be hybrec's, by job. None: there is no bar."""

# (hybrec's solver, peer without its solver's name): bar by factors
ALS = {
    ("exact", "implicit cholesky"): {64: 15, 128: 12, 256: 12},
    ("exact", "irspack cholesky"): {64: 2.5, 128: 2.5, 256: 2.5},
    ("conjugate_gradient", "implicit cg"): {64: 5, 128: 5, 256: 4},
    ("conjugate_gradient", "irspack cg"): {64: 2, 128: 2, 256: 2},
    ("subspace", "irspack ialspp"): {256: 3},
}
EXACT_AGAINST_CG = {("ml1m", 64): 2, ("ml1m", 128): 1.3}
# By job and shape, for 64 factors.
RETRIEVAL = {
    ("recommend_all", "ml1m"): 8, ("recommend_all", "ml20m"): 4,
    ("one_user", "ml1m"): 4, ("one_user", "ml20m"): 2.5,
    ("similar_all", "ml1m"): 2.5, ("similar_all", "ml20m"): 2.5,
}
KNN = 4
KNN_MEMORY = 2


def bar_of(job, shape, factors, hybrec, peer):
    rival = peer.replace("irspack_native", "irspack")  # whichever build is faster must be beaten
    if job == "als" and shape in ("ml1m", "ml20m"):
        if (hybrec, rival) == ("exact", "implicit cg"):
            return EXACT_AGAINST_CG.get((shape, factors))
        return ALS.get((hybrec, rival), {}).get(factors)
    if job == "bpr" and factors == 64 and shape in ("ml1m", "ml20m"):
        return 2
    if job == "bpr_quality":
        return 1
    if job == "error":
        return 1  # an error as small as the peer's
    if job in ("recommend_all", "one_user", "similar_all") and factors == 64:
        return RETRIEVAL.get((job, shape))
    if job == "knn" and shape in ("ml1m", "ml20m"):
        return KNN
    if job == "memory" and hybrec.startswith("item_knn"):
        return KNN_MEMORY if shape == "ml20m" else None
    if job == "bm25" and shape == "ml20m":
        return 10
    if job == "memory" and shape == "ml20m" and hybrec == "bm25":
        return 1
    if job == "memory" and shape == "ml20m":
        return 1 / 0.6 if rival.startswith("implicit") else 1 / 0.5
    if job == "threads" and shape in ("ml1m", "ml20m") and not hybrec.startswith("subspace"):
        return 1.8
    if job == "csv" and shape == "ml20m":
        return 5
    return None
