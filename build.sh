#!/usr/bin/env bash
# Usage: ./build.sh run|test|bench|publish|format [arguments]. Needs the .NET 10 SDK; installs the rest or says what to install.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$*" >&2; }
die() { say "build.sh: $*"; exit 1; }

cache="${XDG_CACHE_HOME:-$HOME/.cache}/numina-cuda"

# The interpreters that the engine itself would try, in its order (see docs/sandbox.md).
python_candidates() {
    [ -n "${NUMINA_PYTHON:-}" ] && printf '%s\n' "$NUMINA_PYTHON"
    type -ap python3 || true
    printf '%s\n' "$cache/python/bin/python3"
}

have_python() {
    local python
    while IFS= read -r python; do
        [ -x "$python" ] && "$python" -c 'import numpy, sympy' 2>/dev/null && return 0
    done < <(python_candidates)
    return 1
}

apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "build.sh: installing $* with apt"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null
}

need_python() {
    have_python && return
    apt_install python3 python3-numpy python3-sympy && have_python && return
    if command -v python3 >/dev/null && python3 -m venv "$cache/python" 2>/dev/null; then
        say "build.sh: installing numpy and sympy into $cache/python"
        "$cache/python/bin/pip" install --quiet numpy sympy && have_python && return
    fi
    die "Python 3.8 or newer with numpy and sympy is missing: sudo apt-get install python3 python3-numpy python3-sympy"
}

need_compiler() {
    command -v g++ >/dev/null || apt_install g++ || die "g++ is missing (the tests build an emulated CUDA driver with it): sudo apt-get install g++"
}

need_dotnet() {
    command -v dotnet >/dev/null || die "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
}

# On standard error: standard output is the program's own.
build() { dotnet build "$1" -c Release --nologo -v quiet -clp:NoSummary >&2; }

verb="${1:-}"
[ $# -gt 0 ] && shift
case "$verb" in
run)
    need_dotnet; need_python
    build src/Numina.Cuda.Cli
    exec dotnet src/Numina.Cuda.Cli/bin/Release/net10.0/numina-cuda.dll run "$@"
    ;;
test)
    need_dotnet; need_python; need_compiler
    dotnet build Numina.Cuda.sln -c Release --nologo -v quiet -clp:NoSummary
    exec dotnet test tests/Numina.Cuda.Tests -c Release --no-build --nologo "$@"
    ;;
bench)
    need_dotnet; need_python
    build bench/Numina.Cuda.Bench
    exec dotnet bench/Numina.Cuda.Bench/bin/Release/net10.0/numina-bench.dll "$@"
    ;;
publish)
    need_dotnet
    exec dotnet publish src/Numina.Cuda.Cli -c Release --nologo --use-current-runtime --self-contained -p:PublishSingleFile=true -o artifacts/publish "$@"
    ;;
format)
    need_dotnet
    exec dotnet format Numina.Cuda.sln "$@"
    ;;
*)
    say "usage: ./build.sh run|test|bench|publish|format [arguments]"
    exit 2
    ;;
esac
