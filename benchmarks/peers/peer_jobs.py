# SPDX-License-Identifier: MIT
"""A peer's side of the comparison: reads one job per line, answers with one line, as hybrec_jobs does.

    peer_jobs.py implicit | irspack | irspack:FOLDER     (FOLDER: where a build from source is)

Problem and data are those of hybrec's side: confidence 1 + r for the value r, regularization 0.01.
"""
import glob
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import sys
import time

import numpy as np
import scipy.sparse

REGULARIZATION = 0.01


def read_matrix(folder):
    folder = pathlib.Path(folder)
    arrays = [np.load(folder / f"{name}.npy") for name in ("data", "indices", "indptr", "shape")]
    return scipy.sparse.csr_matrix(tuple(arrays[:3]), shape=tuple(arrays[3]))


def read_factors(folder, name, factors):
    return np.load(pathlib.Path(folder) / f"{name}.npy").reshape(-1, factors)


def peak_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def timed(work):
    begin, processor_begin = time.perf_counter(), time.process_time()
    result = work()
    answer = {"seconds": time.perf_counter() - begin,
              "processor_seconds": time.process_time() - processor_begin}
    del result  # freed after the clocks were read
    return answer


class Peer:
    def __init__(self):
        self.matrix = None
        self.key = None  # what the state of the last job belongs to

    def load(self, job):
        self.matrix = read_matrix(job["folder"])
        self.key = None
        return {"version": self.version}

    def read_csv(self, job):
        import pandas

        def read():
            table = pandas.read_csv(job["path"])
            users, user_ids = pandas.factorize(table["user"])
            items, item_ids = pandas.factorize(table["item"])
            return user_ids, item_ids, scipy.sparse.csr_matrix(
                (table["rating"], (users, items)), shape=(len(user_ids), len(item_ids)))

        return timed(read)


class Implicit(Peer):
    """implicit, by the functions that its fit() calls, so that set-up can be left out."""

    def __init__(self):
        super().__init__()
        import implicit.cpu._als
        import implicit.cpu.als
        import implicit.cpu.bpr
        import implicit.nearest_neighbours

        self.version = f"implicit {implicit.__version__}"
        self.als = implicit.cpu._als
        self.model_class = implicit.cpu.als.AlternatingLeastSquares
        self.bpr_class = implicit.cpu.bpr.BayesianPersonalizedRanking
        self.bm25_weight = implicit.nearest_neighbours.bm25_weight
        self.cosine_class = implicit.nearest_neighbours.CosineRecommender

    def confidences(self):
        return scipy.sparse.csr_matrix(
            (self.matrix.data + np.float32(1), self.matrix.indices, self.matrix.indptr),
            shape=self.matrix.shape)

    def solver(self, job):
        if job["solver"] == "cholesky":
            return self.als.least_squares
        return lambda *args, **names: self.als.least_squares_cg(*args, cg_steps=3, **names)

    def als_iteration(self, job):
        """One iteration, both sides, that goes on from the last one."""
        factors, threads = job["factors"], job["threads"]
        if self.key != ("als", factors):
            self.key = ("als", factors)
            random = np.random.default_rng(42)
            self.by_user = self.confidences()
            self.by_item = self.by_user.T.tocsr()
            self.users, self.items = (
                (random.random((size, factors), dtype=np.float32) * 0.01) for size in self.matrix.shape)
        solver = self.solver(job)

        def iterate():
            solver(self.by_user, self.users, self.items, REGULARIZATION, num_threads=threads)
            solver(self.by_item, self.items, self.users, REGULARIZATION, num_threads=threads)

        return timed(iterate)

    def als_error(self, job):
        users, items, solution = (
            read_factors(job["folder"], name, job["factors"]) for name in ("users", "items", "solution"))
        users = users.copy()
        self.solver(job)(self.confidences(), users, items, REGULARIZATION, num_threads=job["threads"])
        return {"error": float(np.linalg.norm(users - solution) / np.linalg.norm(solution))}

    def fit_once(self, job):
        model = self.model_class(factors=job["factors"], regularization=REGULARIZATION, iterations=2,
                                 use_cg=job["solver"] == "cg", num_threads=job["threads"])
        model.fit(self.matrix, show_progress=False)
        return {"peak_bytes": peak_bytes()}

    def fit_bpr(self, matrix, job, epochs, callback=None):
        # The best of a few settings on MovieLens-1M, as hybrec's (bpr_jobs.hpp): the rates tried were 0.003, 0.005,
        # 0.01, 0.03, 0.05 and 0.1; the regularizations 0.002 to 0.1; at most 100 epochs, of which 50 were best.
        model = self.bpr_class(factors=job["factors"], learning_rate=0.005, regularization=0.01, iterations=epochs,
                               num_threads=job["threads"], random_state=42)
        model.fit(matrix, show_progress=False, callback=callback)
        return model

    def bpr_epoch(self, job):
        """The second epoch of a fit; set-up is not counted."""
        clocks = []
        self.fit_bpr(self.matrix, job, 2, lambda *_: clocks.append((time.perf_counter(), time.process_time())))
        (begin, processor_begin), (end, processor_end) = clocks
        return {"seconds": end - begin, "processor_seconds": processor_end - processor_begin}

    def bpr_fit(self, job):
        """Trains on the matrix in a folder and leaves the vectors there."""
        folder = pathlib.Path(job["folder"])
        model = self.fit_bpr(read_matrix(folder), job, job["epochs"])
        for name, factors in (("users", model.user_factors), ("items", model.item_factors)):
            np.save(folder / f"{name}.npy", np.ascontiguousarray(factors, dtype=np.float32).ravel())
        return {}

    def serve(self, job):
        """Takes trained factors; the jobs below recommend from them."""
        self.model = self.model_class(factors=job["factors"], num_threads=job["threads"])
        self.model.user_factors = read_factors(job["folder"], "users", job["factors"])
        self.model.item_factors = read_factors(job["folder"], "items", job["factors"])
        return {}

    def recommend_all(self, job):
        users = np.arange(self.matrix.shape[0])
        return timed(lambda: self.model.recommend(users, self.matrix, N=10, filter_already_liked_items=True))

    def one_user(self, job):
        seconds = []
        for user in job["users"]:
            begin = time.perf_counter()
            self.model.recommend(user, self.matrix[user], N=10, filter_already_liked_items=True)
            seconds.append(time.perf_counter() - begin)
        return {"seconds": float(np.percentile(seconds, 50)), "p99": float(np.percentile(seconds, 99))}

    def similar_all(self, job):
        items = np.arange(self.matrix.shape[1])
        return timed(lambda: self.model.similar_items(items, N=10))

    def knn(self, job):
        model = self.cosine_class(K=job["neighbors"], num_threads=job["threads"])
        return timed(lambda: model.fit(self.matrix, show_progress=False))

    def knn_once(self, job):
        self.knn(job)
        return {"peak_bytes": peak_bytes()}

    def bm25(self, job):
        return timed(lambda: self.bm25_weight(self.matrix))


class Irspack(Peer):
    """irspack, by the trainer in its compiled part: the same for all versions and builds."""

    def __init__(self, folder=None):
        super().__init__()
        if folder is None:
            from irspack.recommenders import _ials_core
            self.core = _ials_core
            self.version = f"irspack {importlib.metadata.version('irspack')} (wheel)"
        else:
            # Loaded by itself: the package around it may want other versions of what it imports.
            path, = glob.glob(os.path.join(folder, "irspack", "recommenders", "_ials*.so"))
            spec = importlib.util.spec_from_file_location(pathlib.Path(path).name.split(".")[0], path)
            self.core = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(self.core)
            info, = glob.glob(os.path.join(folder, "irspack-*.dist-info"))
            self.version = f"irspack {pathlib.Path(info).name.split('-')[1]} (native)".replace(".dist", "")

    def solver(self, job):
        return (self.core.IALSSolverConfigBuilder()
                .set_n_threads(job["threads"])
                .set_solver_type(getattr(self.core.SolverType, job["solver"].upper()))
                .set_max_cg_steps(3).set_ialspp_iteration(1).set_ialspp_subspace_dimension(64).build())

    def trainer(self, factors):
        config = (self.core.IALSModelConfigBuilder()
                  .set_K(factors).set_alpha0(1.0).set_reg(REGULARIZATION).set_nu(0.0).set_init_stdev(0.1)
                  .set_loss_type(self.core.LossType.ORIGINAL).set_random_seed(42).build())
        return self.core.IALSTrainer(config, self.matrix)

    def als_iteration(self, job):
        if self.key != ("als", job["factors"]):
            self.state = None  # freed before the next one is made
            self.state = self.trainer(job["factors"])
            self.key = ("als", job["factors"])
        solver = self.solver(job)
        return timed(lambda: self.state.step(solver))

    def fit_once(self, job):
        state = self.trainer(job["factors"])
        for _ in range(2):
            state.step(self.solver(job))
        return {"peak_bytes": peak_bytes()}


def main():
    name, _, folder = sys.argv[1].partition(":")
    peer = Implicit() if name == "implicit" else Irspack(folder or None)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = {**getattr(peer, job["job"])(job), "ok": True}
        except Exception as problem:  # reported to the driver, which names the job
            answer = {"error_message": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
