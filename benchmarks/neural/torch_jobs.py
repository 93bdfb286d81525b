#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""PyTorch's side of the comparison: reads one job per line, answers with one line. neural.py drives it.

    torch_jobs.py Adam | SparseAdam     which optimizer the networks are trained with

The networks are those of hybrec's neural/models, with the same widths, starting values and dropout.
"""
import copy
import json
import os
import pathlib
import statistics
import sys
import time

import numpy as np
import torch
from torch import nn

BATCH = 10_000
DEVIATION = 0.05  # of the embeddings' starting values


def embedding(rows, columns, sparse, deviation=DEVIATION):
    table = nn.Embedding(rows, columns, sparse=sparse)
    nn.init.normal_(table.weight, std=deviation) if deviation > 0 else nn.init.zeros_(table.weight)
    return table


class RecommenderNet(nn.Module):
    """w * cos(user, item) + b"""

    def __init__(self, sizes, sparse, size=128):
        super().__init__()
        self.users = embedding(sizes[0], size, sparse)
        self.items = embedding(sizes[1], size, sparse)
        self.output = nn.Linear(1, 1)

    def forward(self, fields):
        x = nn.functional.normalize(self.users(fields[0]), dim=1)
        y = nn.functional.normalize(self.items(fields[1]), dim=1)
        return self.output((x * y).sum(1, keepdim=True))[:, 0]


class DeepFM(nn.Module):
    """bias + linear + pairs + tower, on the same embeddings"""

    def __init__(self, sizes, sparse, size=16, hidden=(64, 32)):
        super().__init__()
        self.linear = nn.ModuleList(embedding(count, 1, sparse, 0) for count in sizes)
        self.factors = nn.ModuleList(embedding(count, size, sparse) for count in sizes)
        self.bias = nn.Parameter(torch.zeros(1))
        self.tower = nn.Sequential(nn.Linear(len(sizes) * size, hidden[0]), nn.ReLU(), nn.Dropout(0.2),
                                   nn.Linear(hidden[0], hidden[1]), nn.ReLU(), nn.Dropout(0.2),
                                   nn.Linear(hidden[1], 1))

    def forward(self, fields):
        vectors = torch.stack([table(field) for table, field in zip(self.factors, fields)], 1)
        pairs = 0.5 * (vectors.sum(1) ** 2 - (vectors**2).sum(1)).sum(1)
        linear = sum(table(field)[:, 0] for table, field in zip(self.linear, fields))
        return self.bias + linear + pairs + self.tower(vectors.flatten(1))[:, 0]


class WideAndDeep(nn.Module):
    """Weights of the fields and of user x genre, crossed; and a tower on embeddings"""

    def __init__(self, sizes, sparse, size=32, hidden=(256, 128, 64), buckets=2**16):
        super().__init__()
        self.buckets = buckets
        self.wide = nn.ModuleList(embedding(count, 1, sparse, 0) for count in [*sizes, buckets])
        self.factors = nn.ModuleList(embedding(count, size, sparse) for count in sizes)
        layers, width = [], len(sizes) * size
        for next_width in hidden:
            layers += [nn.Linear(width, next_width), nn.ReLU(), nn.BatchNorm1d(next_width), nn.Dropout(0.2)]
            width = next_width
        self.tower = nn.Sequential(*layers, nn.Linear(width, 1))

    def forward(self, fields):
        wide = sum(table(field)[:, 0] for table, field in zip(self.wide, fields))
        for genre in fields[2:]:
            wide = wide + self.wide[-1]((fields[0] * 1_000_003 + genre) % self.buckets)[:, 0]
        vectors = torch.cat([table(field) for table, field in zip(self.factors, fields)], 1)
        return wide + self.tower(vectors)[:, 0]


NETWORKS = {"recommender_net": RecommenderNet, "deep_fm": DeepFM, "wide_and_deep": WideAndDeep}


class Optimizers:
    """Adam of everything; or SparseAdam of the embeddings and Adam of the rest.

    SparseAdam adds epsilon to the root of the second moment, Adam (and hybrec) to that of the moment corrected for
    its start at zero. With `as_adam` epsilon is scaled so that both do the latter.
    """

    def __init__(self, network, rate, sparse, as_adam=False):
        self.as_adam = as_adam
        self.steps = 0
        tables = [module.weight for module in network.modules() if isinstance(module, nn.Embedding) and sparse]
        others = [each for each in network.parameters() if not any(each is table for table in tables)]
        self.all = [torch.optim.Adam(others, lr=rate, fused=True)]  # the fastest of its ways
        if tables:
            self.all.append(torch.optim.SparseAdam(tables, lr=rate))

    def zero_grad(self):
        for each in self.all:
            each.zero_grad()

    def step(self):
        self.steps += 1
        if self.as_adam:
            for group in (group for each in self.all[1:] for group in each.param_groups):
                group["eps"] = 1e-8 * (1 - group["betas"][1] ** self.steps) ** 0.5
        for each in self.all:
            each.step()


def train_epoch(network, optimizers, fields, labels, order=None):
    """One pass in batches; with `order`, in that order, else as the samples are."""
    network.train()
    loss = nn.BCEWithLogitsLoss()
    for begin in range(0, len(labels), BATCH):
        part = slice(begin, begin + BATCH) if order is None else order[begin:begin + BATCH]
        optimizers.zero_grad()
        loss(network([field[part] for field in fields]), labels[part]).backward()
        optimizers.step()


def read_samples(folder):
    users, items, labels = (torch.from_numpy(np.load(pathlib.Path(folder) / f"{name}.npy"))
                            for name in ("users", "items", "labels"))
    return [users, items], labels


class Torch:
    def __init__(self, sparse):
        self.sparse = sparse
        self.trained = {}

    def load(self, job):
        torch.set_num_threads(job["threads"])
        folder = pathlib.Path(job["folder"])
        sizes = [int(size) for size in np.load(folder / "fields" / "sizes.npy")]
        (users, items), labels = read_samples(folder / "all")
        self.genres = [torch.from_numpy(np.load(folder / "fields" / f"{field}.npy")) for field in range(len(sizes) - 2)]
        self.samples = {"recommender_net": (sizes[:2], [users, items], labels)}
        fields = [users, items, *(of_items[items] for of_items in self.genres)]
        self.samples["deep_fm"] = self.samples["wide_and_deep"] = (sizes, fields, labels)
        return {"version": f"PyTorch {torch.__version__} ({'SparseAdam' if self.sparse else 'Adam, fused'})"}

    def epoch(self, job):
        """The second epoch and later ones."""
        name = job["network"]
        sizes, fields, labels = self.samples[name]
        if name not in self.trained:
            network = NETWORKS[name](sizes, self.sparse)
            self.trained[name] = network, Optimizers(network, 1e-3, self.sparse)
            train_epoch(*self.trained[name], fields, labels, torch.randperm(len(labels)))
        begin, processor = time.perf_counter(), time.process_time()
        train_epoch(*self.trained[name], fields, labels, torch.randperm(len(labels)))
        return {"seconds": time.perf_counter() - begin, "processor_seconds": time.process_time() - processor}

    @torch.inference_mode()
    def score(self, job):
        """The median of single users' requests: the scores of some items. With `prepared`, the vectors are
        normalised before, and a score is an inner product."""
        network = self.trained[job["network"]][0].eval()
        users = self.samples[job["network"]][0][0]
        items = torch.tensor(job["items"])
        others = [items]
        if job["network"] != "recommender_net":
            others += [of_items[items] for of_items in self.genres]
        if job.get("prepared"):
            normalize = nn.functional.normalize
            left = normalize(network.users.weight, dim=1) * network.output.weight[0, 0]
            right = normalize(network.items.weight, dim=1)
        seconds = []
        for at in range(200):
            user = at * users // 200
            begin = time.perf_counter()
            if job.get("prepared"):
                scores = right[items] @ left[user]
            else:
                scores = network([torch.full_like(items, user), *others])
            seconds.append(time.perf_counter() - begin)
            assert len(scores) == len(items)
        return {"seconds": statistics.median(seconds)}

    # Parity.

    def start(self, job):
        torch.set_num_threads(job["threads"])
        self.network = RecommenderNet(self.samples["recommender_net"][0], self.sparse)
        users, items, output = (torch.from_numpy(np.load(pathlib.Path(job["values"]) / f"{name}.npy"))
                                for name in ("users", "items", "output"))
        with torch.no_grad():
            for parameter, values in zip(self.network.parameters(), (users, items, output[:1], output[1:])):
                parameter.copy_(values.view_as(parameter))
        self.optimizers = Optimizers(self.network, job["rate"], self.sparse, as_adam=True)
        self.best = (float("inf"), 0, None)
        self.epochs = 0
        self.validation = read_samples(job["folder"])
        return {}

    def train(self, job):
        """An epoch on the samples in a folder, in their order."""
        train_epoch(self.network, self.optimizers, *read_samples(job["folder"]))
        self.epochs += 1
        with torch.inference_mode():
            fields, labels = self.validation
            logits = self.network.eval()(fields)
            loss = nn.functional.binary_cross_entropy_with_logits(logits.double(), labels.double()).item()
        if loss < self.best[0]:
            self.best = (loss, self.epochs, copy.deepcopy(self.network.state_dict()))
        return {"loss": loss}

    @torch.inference_mode()
    def finish(self, job):
        """Leaves the vectors of the best epoch; what no sample of `known` names has none."""
        loss, epoch, state = self.best
        self.network.load_state_dict(state)
        (users, items), _ = read_samples(job["known"])
        for name, table, ids in (("users", self.network.users.weight, users),
                                 ("items", self.network.items.weight, items)):
            vectors = nn.functional.normalize(table, dim=1)
            if name == "users":
                vectors = vectors * self.network.output.weight[0, 0]
            known = torch.zeros(len(vectors), 1)
            known[ids] = 1
            np.save(pathlib.Path(job["folder"]) / f"{name}.npy", (vectors * known).numpy().ravel())
        return {"loss": loss, "epoch": epoch}


def main():
    peer = Torch(sys.argv[1] == "SparseAdam")
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
