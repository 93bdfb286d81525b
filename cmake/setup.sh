# SPDX-License-Identifier: MIT
# Shared by tests/run, examples/run and benchmarks/run: finds or installs what a build needs, and
# runs build steps.
# Sourced with `program` (for messages) and `compiler` (g++ or clang++) set.
# shellcheck shell=bash

find_header() { # wherever CMake will look by default
    local folder
    for folder in /usr/include /usr/local/include ${CPATH:+${CPATH//:/ }} \
        ${CMAKE_PREFIX_PATH:+${CMAKE_PREFIX_PATH//://include }/include}; do
        [[ -e $folder/$1 ]] && return 0
    done
    return 1
}

# ensure_tools HEADER=PACKAGE…: installs on Debian and Ubuntu what is missing; elsewhere says what is.
ensure_tools() {
    local missing=() pair as_root=()
    command -v "$compiler" >/dev/null ||
        missing+=("$([[ $compiler == clang++ ]] && echo clang || echo g++)")
    command -v cmake >/dev/null || missing+=(cmake)
    command -v ninja >/dev/null || missing+=(ninja-build)
    for pair in "$@"; do
        case ${pair%%=*} in
        */*) find_header "${pair%%=*}" || missing+=("${pair#*=}") ;;
        *) command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}") ;;
        esac
    done
    if [[ ${#missing[@]} -gt 0 ]]; then
        [[ $(id -u) == 0 ]] || as_root=(sudo)
        if command -v apt-get >/dev/null && { [[ $(id -u) == 0 ]] || command -v sudo >/dev/null; }; then
            echo "installing: ${missing[*]}"
            if ! { "${as_root[@]}" apt-get update -qq &&
                "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
                    --no-install-recommends "${missing[@]}" >/dev/null; }; then
                echo "$program: apt-get failed; install by hand: ${missing[*]}" >&2
                exit 1
            fi
        else
            cat >&2 <<END
$program: please install what these Debian packages hold, then run it again:
    ${missing[*]}
Needed are a C++20 compiler (GCC 12 or clang 14, or newer), CMake 3.25, Ninja and the headers of
xsimd 8.1 (https://github.com/xtensor-stack/xsimd); for the tests also Python 3 and doctest
(https://github.com/doctest/doctest). Headers outside /usr are found through CMAKE_PREFIX_PATH.
END
            exit 1
        fi
    fi
    local version
    version=$(cmake --version | sed -n '1s/[^0-9]*\([0-9.]*\).*/\1/p')
    if [[ $(printf '%s\n' 3.25 "$version" | sort -V | head -1) != 3.25 ]]; then
        echo "$program: CMake is $version; expected 3.25 or newer (pip install cmake)" >&2
        exit 1
    fi
}

# step NAME COMMAND…: one line if it works, its output if it does not. Logs into $build.
step() {
    local name=$1 log started=$SECONDS
    shift
    mkdir -p "$build"
    log=$build/${name// /-}.log
    printf '%-28s' "$name"
    if "$@" >"$log" 2>&1; then
        echo "$((SECONDS - started)) s"
    else
        echo "failed"
        { grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking|Re-checking)' "$log" || true; } |
            tail -n 200 >&2
        echo "$program: \"$name\" failed; all of its output is in $log" >&2
        exit 1
    fi
}
