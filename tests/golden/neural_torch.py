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
    # Adam itself, which moves them on.
    model = RecommenderNet(users, items, size)
    record("recommender_net_dense", model, [ratings(rng, users, items, 9) for _ in range(3)],
           nn.BCEWithLogitsLoss(), [torch.optim.Adam(model.parameters(), lr=0.01)])


def feature_networks():
    """The four networks over ids and features. Their parameters are numbered as `visit` shows them."""
    users, items, size = 4, 5, 3
    # Rows × categories, as given; None: no field. The networks take weighted means.
    user_fields = [np.array([[1, 0, 0], [2, 1, 0], [0, 0, 1], [0, 1, 3]])]
    item_fields = [np.array([[1, 0, 0, 1], [0, 1, 0, 0], [0, 1, 1, 0], [2, 0, 1, 1], [0, 0, 0, 1]]),
                   np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0]])]
    for side, fields in (("user", user_fields), ("item", item_fields)):
        for at, field in enumerate(fields):
            show(f"feature_{side}_{at}", field)

    def mean(field):
        total = np.abs(field).sum(1, keepdims=True)
        return torch.tensor(field / np.where(total > 0, total, 1))

    user_means, item_means = [mean(each) for each in user_fields], [mean(each) for each in item_fields]
    user = torch.arange(users).repeat_interleave(items)
    item = torch.arange(items).repeat(users)

    class Network:
        def __init__(self):
            self.values, self.trained = [], []

        def add(self, *shape, scale=0.5, trained=True, value=None):
            table = torch.randn(*shape) * scale if value is None else torch.full(shape, value)
            table.requires_grad_(trained)
            self.values.append(table)
            self.trained.append(trained)
            return table

        def side(self, rows, means, width):
            return [self.add(rows + 1, width)] + [self.add(each.shape[1], width) for each in means]

        def encoder(self, width):
            return self.side(users, user_means, width), self.side(items, item_means, width)

        def linear(self, inputs, outputs):
            return self.add(inputs, outputs), self.add(1, outputs)

        def tower(self, inputs, hidden, normalize):
            layers = []
            for width in hidden:
                layers.append((self.linear(inputs, width),
                               [self.add(1, width, value=1.0), self.add(1, width, value=0.0),
                                self.add(1, width, trained=False, value=0.0),
                                self.add(1, width, trained=False, value=1.0)] if normalize else None))
                inputs = width
            return layers, self.linear(inputs, 1)

        def content(self, means, hidden, size):
            return ([self.add(each.shape[1], hidden) for each in means], self.add(1, hidden),
                    self.linear(hidden, size))

    def fields_of(tables):
        (user_id, *user_rest), (item_id, *item_rest) = tables
        return ([user_id[user]] + [(means @ table)[user] for means, table in zip(user_means, user_rest)] +
                [item_id[item]] + [(means @ table)[item] for means, table in zip(item_means, item_rest)])

    def climb(x, tower, training):
        layers, (weights, bias) = tower
        for (inner, offset), norm in layers:
            x = torch.relu(x @ inner + offset)
            if norm:
                scale, shift, running, variance = norm
                x = nn.functional.batch_norm(x, running[0], variance[0], scale[0], shift[0], training)
        return x @ weights + bias

    def encode(content, means, rows):
        tables, offset, (weights, bias) = content
        hidden = sum((each @ table for each, table in zip(means, tables)), torch.zeros(len(means[0]), 1))
        return (torch.relu(hidden + offset) @ weights + bias)[rows]

    def deep_fm(net):
        weights, vectors = net.encoder(1), net.encoder(size)
        bias, tower = net.add(1, 1), net.tower(5 * size, (6, 5), False)

        def forward(training):
            v = torch.stack(fields_of(vectors), 1)
            pairs = (v.sum(1) ** 2 - (v**2).sum(1)).sum(1, keepdim=True) / 2
            return bias + sum(fields_of(weights)) + pairs + climb(v.flatten(1), tower, training)
        return forward

    def mix(word):  # the finalizer of splitmix64
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & 2**64 - 1
        word = (word ^ word >> 27) * 0x94D049BB133111EB & 2**64 - 1
        return word ^ word >> 31

    def wide_and_deep(net):
        weights, crosses = net.encoder(1), net.add(64, 1)
        vectors, tower = net.encoder(size), net.tower(5 * size, (6, 5, 4), True)
        # Keys: a user's id and categories, an item's categories; one number after the other.
        left = torch.cat([torch.eye(users + 1)[:users]] + user_means, 1)
        right = torch.cat(item_means, 1)
        slots = torch.tensor([[(mix((a << 32) + b) >> 32) * 64 >> 32 for b in range(right.shape[1])]
                              for a in range(left.shape[1])])

        def forward(training):
            table = crosses[slots, 0]
            cross = (left @ table @ right.T)[user, item][:, None]
            return sum(fields_of(weights)) + cross + climb(torch.cat(fields_of(vectors), 1), tower, training)
        return forward

    def feature_combination_net(net):
        user_id, user_content = net.add(users + 1, size), net.content(user_means, 4, size)
        item_id, item_content = net.add(items + 1, size), net.content(item_means, 4, size)
        tower = net.tower(4 * size, (6, 5), True)

        def forward(training):
            parts = (user_id[user], encode(user_content, user_means, user), item_id[item],
                     encode(item_content, item_means, item))
            return climb(torch.cat(parts, 1), tower, training)
        return forward

    def deep_hybrid_net(net):
        size, heads = 4, 2
        user_id, user_content = net.add(users + 1, size), net.content(user_means, 4, size)
        item_id, item_content = net.add(items + 1, size), net.content(item_means, 4, size)
        query, key, value, out = (net.linear(size, size) for _ in range(4))
        tower = net.tower(2 * size, (6,), False)

        def forward(training):
            def cut(x):  # … × tokens × size to … × heads × tokens × head size
                return x.unflatten(-1, (heads, size // heads)).transpose(-2, -3)
            asked = user_id[user]
            tokens = torch.stack((item_id[item], encode(item_content, item_means, item),
                                  encode(user_content, user_means, user)), 1)
            q = cut((asked @ query[0] + query[1])[:, None])
            k, v = cut(tokens @ key[0] + key[1]), cut(tokens @ value[0] + value[1])
            attention = torch.softmax(q @ k.transpose(-1, -2) / (size // heads) ** 0.5, -1)
            fused = (attention @ v).transpose(-2, -3).flatten(-2)[:, 0] @ out[0] + out[1]
            if not training:
                net.attention = attention[:, :, 0].flatten(1)
            return climb(torch.cat((asked, fused), 1), tower, training)
        return forward

    rng = np.random.default_rng(5)
    for make in (deep_fm, wide_and_deep, feature_combination_net, deep_hybrid_net):
        name, net = make.__name__, Network()
        forward = make(net)
        for at, each in enumerate(net.values):
            show(f"{name}_start_{at}", each)
        adam = torch.optim.Adam([each for each, on in zip(net.values, net.trained) if on], lr=0.01)
        for step in range(3):
            labels = torch.tensor(rng.integers(1, 5, users * items) / 4)
            show(f"{name}_{step}_labels", labels)
            with torch.no_grad():
                show(f"{name}_{step}_outputs", forward(False)[:, 0])
            if hasattr(net, "attention"):
                show(f"{name}_{step}_attention", net.attention)
            adam.zero_grad()
            loss = nn.functional.binary_cross_entropy_with_logits(forward(True)[:, 0], labels)
            loss.backward()
            show(f"{name}_{step}_loss", loss.reshape(1))
            if step == 0:
                for at, each in enumerate(net.values):
                    if each.grad is not None:
                        show(f"{name}_gradient_{at}", each.grad)
            adam.step()
            for at, each in enumerate(net.values):
                show(f"{name}_{step}_{at}", each)


recommender_net()
feature_networks()
