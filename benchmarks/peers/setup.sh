# SPDX-License-Identifier: MIT
# Sourced by benchmarks/run: installs the peers. Sets $venv, a virtual environment with implicit and
# irspack as published, and $native, a folder with irspack's compiled part built for this machine.
# shellcheck shell=bash
venv=$root/build/peers-venv
native=$root/build/peers-native

make_venv() {
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check implicit irspack numpy scipy pandas
}

# The newest source distribution there is. Its build takes flags from CFLAGS and Eigen from a folder
# (else it would download it); NDEBUG comes from Python's own flags. --no-deps: only the compiled part
# is loaded, so the Python packages that this version wants are of no concern.
build_native() {
    EIGEN3_INCLUDE_DIR=$eigen CFLAGS="-O3 -march=native" CXXFLAGS="-O3 -march=native" \
        "$venv/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --no-deps \
        --no-binary irspack --target "$native" irspack
}

# Whether the build uses the widest registers that this processor has.
check_native() {
    local library register=ymm
    library=$(echo "$native"/irspack/recommenders/_ials*.so)
    if grep -qw avx512f /proc/cpuinfo; then register=zmm; fi
    objdump --disassemble --no-show-raw-insn "$library" | grep -c "%$register"
}

ensure_peers() {
    ensure_tools eigen3/Eigen/Core=libeigen3-dev python3=python3 objdump=binutils
    python3 -c 'import ensurepip' 2>/dev/null || ensure_tools python3-venv=python3-venv
    local eigen=/usr/include/eigen3
    if [[ ! -e $eigen ]]; then eigen=/usr/local/include/eigen3; fi
    [[ -x $venv/bin/python ]] && "$venv/bin/python" -c 'import implicit, irspack, pandas' 2>/dev/null ||
        step "install the peers" make_venv
    compgen -G "$native/irspack/recommenders/_ials*.so" >/dev/null ||
        step "build irspack natively" build_native
    step "check irspack's build" check_native
}
