#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Records what PyTorch makes of the networks of neural/models: forward, loss, gradients, three Adam steps.

    python3 neural_torch.py > neural_torch.txt      (pip install torch numpy; recorded with torch 2.15.0)

All in float64. A matrix is a line "name rows columns", then its rows; see golden_file.hpp.
"""
import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)


def show(name, values):
    values = np.atleast_2d(np.asarray(values.detach() if torch.is_tensor(values) else values))
    print(name, *values.shape)
    for row in values:
        print(*(f"{value:.12g}" for value in row))


class LazyAdam:
    """Adam for the rows that have a gradient; the others keep value and moments.

    As torch.optim.SparseAdam, but with epsilon added to the corrected root, as in torch.optim.Adam:
    the two differ where gradients are near epsilon.
    """

    def __init__(self, tables, lr, betas=(0.9, 0.999), eps=1e-8):
        self.tables = [(table, torch.zeros_like(table), torch.zeros_like(table)) for table in tables]
        self.lr, self.betas, self.eps, self.steps = lr, betas, eps, 0

    def zero_grad(self):
        for table, _, _ in self.tables:
            table.grad = None

    @torch.no_grad()
    def step(self):
        self.steps += 1
        for table, first, second in self.tables:
            gradient = table.grad.coalesce()
            rows, slope = gradient.indices()[0], gradient.values()
            first[rows] = self.betas[0] * first[rows] + (1 - self.betas[0]) * slope
            second[rows] = self.betas[1] * second[rows] + (1 - self.betas[1]) * slope**2
            mean = first[rows] / (1 - self.betas[0] ** self.steps)
            root = (second[rows] / (1 - self.betas[1] ** self.steps)).sqrt()
            table[rows] -= self.lr * mean / (root + self.eps)


class RecommenderNet(nn.Module):
    """sigmoid(w * cos(user, item) + b)"""

    def __init__(self, users, items, size):
        super().__init__()
        self.users = nn.Embedding(users, size)
        self.items = nn.Embedding(items, size)
        self.output = nn.Linear(1, 1)

    def forward(self, user, item):
        x = nn.functional.normalize(self.users(user), dim=1)
        y = nn.functional.normalize(self.items(item), dim=1)
        return self.output((x * y).sum(1, keepdim=True))[:, 0]


class DeepFM(nn.Module):
    """bias + linear + pairs + tower, on the same embeddings"""

    def __init__(self, sizes, size, hidden):
        super().__init__()
        self.linear = nn.ModuleList(nn.Embedding(count, 1) for count in sizes)
        self.factors = nn.ModuleList(nn.Embedding(count, size) for count in sizes)
        self.bias = nn.Parameter(torch.zeros(1))
        self.tower = nn.Sequential(nn.Linear(len(sizes) * size, hidden[0]), nn.ReLU(),
                                   nn.Linear(hidden[0], hidden[1]), nn.ReLU(),
                                   nn.Linear(hidden[1], 1))

    def forward(self, fields):
        vectors = torch.stack([table(fields[:, at]) for at, table in enumerate(self.factors)], 1)
        linear = sum(table(fields[:, at])[:, 0] for at, table in enumerate(self.linear))
        pairs = (vectors.sum(1) ** 2 - (vectors**2).sum(1)).sum(1) / 2
        return self.bias + linear + pairs + self.tower(vectors.flatten(1))[:, 0]


def parameters(model):
    return {name.replace(".", "_"): value for name, value in model.named_parameters()}


def record(name, model, batches, loss, optimizer):
    """Each batch: arguments, labels. The first one's outputs and gradients; parameters after each."""
    for key, value in parameters(model).items():
        show(f"{name}_start_{key}", value)
    for step, (arguments, labels) in enumerate(batches):
        for at, each in enumerate(arguments):
            show(f"{name}_{step}_input{at}", each)
        show(f"{name}_{step}_labels", labels)
        for each in optimizer:
            each.zero_grad()
        outputs = model(*arguments)
        value = loss(outputs, labels)
        value.backward()
        show(f"{name}_{step}_outputs", outputs)
        show(f"{name}_{step}_loss", value.reshape(1))
        if step == 0:
            for key, each in parameters(model).items():
                if each.grad is not None:
                    show(f"{name}_gradient_{key}", each.grad.to_dense())
        for each in optimizer:
            each.step()
        for key, each in parameters(model).items():
            show(f"{name}_{step}_{key}", each)


def ratings(rng, users, items, count):
    """Entries of distinct users and items, so that they are also a matrix; float32 labels."""
    chosen = rng.choice(users * items, count, replace=False)
    labels = rng.integers(0, 11, count).astype(np.float32) / np.float32(10)
    return ((torch.tensor(chosen // items), torch.tensor(chosen % items)),
            torch.tensor(labels.astype(np.float64)))


def recommender_net():
    rng = np.random.default_rng(3)
    users, items, size = 6, 5, 20
    # Rows that a batch does not touch stay where they are.
    model = RecommenderNet(users, items, size)
    model.users.sparse = model.items.sparse = True
    record("recommender_net", model, [ratings(rng, users, items, 9) for _ in range(3)],
           nn.BCEWithLogitsLoss(),
           [LazyAdam([model.users.weight, model.items.weight], lr=0.01),
            torch.optim.Adam(model.output.parameters(), lr=0.01)])
    # Every row touched by every batch: then Adam itself.
    model = RecommenderNet(users, items, size)
    everything = [ratings(rng, users, items, users * items) for _ in range(3)]
    record("recommender_net_dense", model, everything, nn.BCEWithLogitsLoss(),
           [torch.optim.Adam(model.parameters(), lr=0.01)])


def deep_fm():
    rng = np.random.default_rng(5)
    sizes = (7, 5, 3)
    model = DeepFM(sizes, 4, (6, 5))
    batches = []
    for _ in range(3):  # every category in every batch, so that lazy and dense steps are the same
        fields = np.stack([rng.permutation(np.arange(21) % count) for count in sizes], 1)
        labels = rng.integers(0, 5, 21) / 4
        batches.append(((torch.tensor(fields),), torch.tensor(labels)))
    record("deep_fm", model, batches, nn.BCEWithLogitsLoss(),
           [torch.optim.Adam(model.parameters(), lr=0.01)])


recommender_net()
deep_fm()
