# SPDX-License-Identifier: MIT
# Sourced by benchmarks/run: sets $torch, a Python that has PyTorch; installs it if need be.
# shellcheck shell=bash
torch=${HYBREC_TORCH_PYTHON:-$root/build/torch-venv/bin/python}

make_torch_venv() {
    python3 -m venv "$root/build/torch-venv"
    "$torch" -m pip install --quiet --disable-pip-version-check torch numpy
}

ensure_torch() {
    if "$torch" -c 'import torch, numpy' 2>/dev/null; then return; fi
    if [[ -n ${HYBREC_TORCH_PYTHON:-} ]]; then
        echo "$program: HYBREC_TORCH_PYTHON is \"$torch\"; expected a Python that has torch and numpy" >&2
        exit 1
    fi
    ensure_tools python3=python3
    python3 -c 'import ensurepip' 2>/dev/null || ensure_tools python3-venv=python3-venv
    step "install PyTorch" make_torch_venv
}
