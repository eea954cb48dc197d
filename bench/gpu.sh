#!/usr/bin/env bash
# Checks and measures the engine on this machine's NVIDIA GPU. Needs a driver, NVRTC (NUMINA_NVRTC names the library when it is in no usual place) and a Python 3 with numpy and sympy;
# no .NET, no network. Unpack the archive of bench/pack.sh, then: numina-cuda/bench/gpu.sh [FOLDER]. In a checkout with the .NET SDK it runs as it is.
# First the self-tests of the helpers (asm against portable formulas), then operations, determinism, golden models, the engine's invariants, the demo, and the benches
# (bench/README.md says what they measure). NUMINA_BENCH_MODELS names the models to measure; single operations have the extents of the last one. NUMINA_DEMO_OPTIONS shortens the
# demo (--limit 1 --samples 1).
# Writes FOLDER/gpu-<name>.json (default: bench/results), whole or not at all, and exits with 1 when anything failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
results="${1:-bench/results}"
IFS=, read -r -a models <<<"${NUMINA_BENCH_MODELS:-135m,1b,numina-7b}"
total=$((7 + ${#models[@]}))
number=0 failed="" stages="" benches="" name="" child=""
work="$(mktemp -d)"

fail() { echo "gpu.sh: $*" >&2; exit 1; }

# A stage runs in the background so that a signal is heard at once; it would ignore Ctrl-C itself.
stop_child() {
    [ -n "$child" ] && kill -TERM "$child" 2>/dev/null || return 0
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$child" 2>/dev/null || return 0; sleep 0.5; done
    kill -KILL "$child" 2>/dev/null
}
trap 'rm -rf "$work"' EXIT
trap 'stop_child; echo "gpu.sh: stopped${name:+ in $name}; no results written" >&2; exit 130' INT TERM

gpu="$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1)"
driver="$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -n 1)"
[ -n "$gpu" ] || fail "nvidia-smi shows no GPU"

# The interpreters that the engine itself would try.
have_python() {
    local python
    while IFS= read -r python; do
        [ -x "$python" ] && "$python" -c 'import numpy, sympy' 2>/dev/null && return 0
    done < <(if [ -n "${NUMINA_PYTHON:-}" ]; then printf '%s\n' "$NUMINA_PYTHON"; else type -ap python3; printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/numina-cuda/python/bin/python3"; fi)
    return 1
}
have_python || fail "no python3 with numpy and sympy, which the demo needs: install them (pip install numpy sympy) or name one in NUMINA_PYTHON"
mkdir -p "$results" && [ -w "$results" ] || fail "$results is no folder that can be written"

if [ -x app/Numina.Cuda.Tests ]; then
    run_tests() { exec app/Numina.Cuda.Tests --filter "$1" --results-directory "$work"; }
    engine() { exec app/numina-cuda "$@"; }
    bench() { exec app/numina-bench "$@"; }
    commit="$(cat commit)"
else
    dotnet build Numina.Cuda.sln -c Release --nologo -v quiet || fail "the build failed"
    run_tests() { exec dotnet test tests/Numina.Cuda.Tests -c Release --no-build --nologo --filter "$1"; }
    engine() { exec dotnet src/Numina.Cuda.Cli/bin/Release/net10.0/numina-cuda.dll "$@"; }
    bench() { exec dotnet bench/Numina.Cuda.Bench/bin/Release/net10.0/numina-bench.dll "$@"; }
    commit="$(git rev-parse HEAD)"
fi
export NUMINA_TEST_GPU=1

# What the log has gained, for a bench; every half minute its last line, for other stages.
follow() {
    local lines
    lines=$(wc -l <"$work/$name.log")
    case "$name" in
    bench-*) [ "$lines" -le "$shown" ] || sed -n "$((shown + 1)),${lines}p" "$work/$name.log"; shown=$lines ;;
    *) [ $((SECONDS - spoke)) -lt 30 ] || { spoke=$SECONDS; echo "  ... $((SECONDS - began)) s: $(tail -n 1 "$work/$name.log" | cut -c 1-150)"; } ;;
    esac
}

# count WORD: that of the test runner's last summary in the stage's log.
count() { grep -oiE "\b$1: +[0-9]+" "$work/$name.log" | grep -oE '[0-9]+' | tail -n 1; }

# stage NAME COMMAND...: runs it, keeps its log, adds a record to the results.
stage() {
    local status=passed start seconds succeeded="" tests="" kind="$2"
    name="$1" shown=0 spoke=$SECONDS began=$SECONDS number=$((number + 1))
    shift
    printf '[%d/%d] %s\n' "$number" "$total" "$name"
    start=$(date +%s.%N)
    : >"$work/$name.log"
    "$@" >"$work/$name.log" 2>&1 &
    child=$!
    while kill -0 "$child" 2>/dev/null; do
        sleep 0.5
        follow
    done
    wait "$child" || { status=failed; failed="$failed $name"; }
    child=""
    follow
    if [ "$kind" = run_tests ]; then
        succeeded="$(count '(succeeded|passed)')"
        tests=", \"succeeded\": ${succeeded:-0}, \"skipped\": $(count skipped | grep . || echo 0)"
        # Tests that find no device skip themselves: no success here.
        [ "${succeeded:-0}" -gt 0 ] || [ "$status" = failed ] || { status=failed; failed="$failed $name"; }
    fi
    seconds=$(awk "BEGIN { printf \"%.2f\", $(date +%s.%N) - $start }")
    [ "$status" = passed ] || { echo "--- the end of the log of $name:"; tail -n 40 "$work/$name.log"; echo "---"; }
    printf '[%d/%d] %s %s (%s s%s)\n' "$number" "$total" "$name" "$status" "$seconds" "$(printf '%s' "$tests" | tr -d '":')"
    stages="$stages${stages:+, }{\"stage\": \"$name\", \"status\": \"$status\", \"seconds\": $seconds$tests}"
}

# bench_stage NAME ARGUMENTS...: a stage of the bench, whose figures join the results.
bench_stage() {
    local what="$1"
    shift
    stage "bench-$what" bench "$@" --device cuda --json "$work/$what.json"
    [ ! -s "$work/$what.json" ] || benches="$benches${benches:+, }$(cat "$work/$what.json")"
}

echo "$gpu, driver $driver, commit $commit"
stage helpers run_tests 'FullyQualifiedName~HelperTests&FullyQualifiedName~Gpu'
stage operations run_tests 'FullyQualifiedName~GpuKernelTests|(FullyQualifiedName~CublasGemmTests&FullyQualifiedName~Gpu)'
stage determinism run_tests 'FullyQualifiedName~DeterminismTests&FullyQualifiedName~Gpu'
stage goldens run_tests 'FullyQualifiedName~GoldenTests&FullyQualifiedName~Gpu'
stage invariants run_tests 'FullyQualifiedName~InvariantTests&FullyQualifiedName~Gpu'
# Unquoted: options and their values.
stage demo engine run --device cuda --json ${NUMINA_DEMO_OPTIONS:-}
demo="$(grep -E '^\{' "$work/demo.log" | tail -n 1)"
right="$(printf '%s' "$demo" | grep -oE '"majority_correct":[0-9]+' | grep -oE '[0-9]+$')"
if [ -z "${NUMINA_DEMO_OPTIONS:-}" ] && [ "${right:-0}" -lt 57 ]; then
    echo "gpu.sh: the demo solved ${right:-0} of its 60 problems, expected at least 57" >&2
    failed="$failed demo-accuracy"
fi
bench_stage ops copy ops --shape "${models[-1]}"
for model in "${models[@]}"; do
    bench_stage "$model" "$model"
done

name=""
file="$results/gpu-$(printf '%s' "$gpu" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9-').json"
printf '{"gpu": "%s", "driver": "%s", "commit": "%s", "stages": [%s], "demo": %s, "benches": [%s]}\n' \
    "$gpu" "$driver" "$commit" "$stages" "${demo:-null}" "$benches" >"$file.$$" && mv "$file.$$" "$file" || fail "$file could not be written"
echo "wrote $file"
[ -z "$failed" ] || fail "failed:$failed"
