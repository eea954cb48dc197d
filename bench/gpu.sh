#!/usr/bin/env bash
# Checks and measures the engine on this machine's NVIDIA GPU. Needs a driver and NVRTC (NUMINA_NVRTC names the library when it is in no usual place); no .NET, no network.
# Unpack the archive of bench/pack.sh, then: numina-cuda/bench/gpu.sh [FOLDER]. In a checkout with the .NET SDK it runs as it is.
# First the self-tests of the helpers (asm against portable formulas), then operations, determinism, golden models, the engine's invariants and the demo.
# Writes FOLDER/gpu-<name>.json (default: bench/results) and exits with 1 when anything failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
results="${1:-bench/results}"
mkdir -p "$results"
export NUMINA_TEST_GPU=1
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
failed=0
stages=""

if [ -x app/Numina.Cuda.Tests ]; then
    run_tests() { app/Numina.Cuda.Tests --filter "$1" --results-directory "$work"; }
    engine() { app/numina-cuda "$@"; }
    commit="$(cat commit)"
else
    dotnet build Numina.Cuda.sln -c Release --nologo -v quiet || exit 1
    run_tests() { dotnet test tests/Numina.Cuda.Tests -c Release --no-build --nologo --filter "$1"; }
    engine() { dotnet src/Numina.Cuda.Cli/bin/Release/net10.0/numina-cuda.dll "$@"; }
    commit="$(git rev-parse HEAD)"
fi

# stage NAME COMMAND...: runs it, keeps its log, adds a record to the results.
stage() {
    local name="$1" start end status=passed
    shift
    start=$(date +%s.%N)
    "$@" >"$work/$name.log" 2>&1 || { status=failed; failed=1; }
    end=$(date +%s.%N)
    printf '%-12s %s (%.1f s)\n' "$name" "$status" "$(awk "BEGIN { print $end - $start }")"
    [ "$status" = passed ] || tail -n 40 "$work/$name.log"
    stages="$stages${stages:+, }{\"stage\": \"$name\", \"status\": \"$status\", \"seconds\": $(awk "BEGIN { printf \"%.2f\", $end - $start }")}"
}

gpu="$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1)"
driver="$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -n 1)"
if [ -z "$gpu" ]; then
    echo "gpu.sh: nvidia-smi shows no GPU" >&2
    exit 1
fi
echo "$gpu, driver $driver, commit $commit"

stage helpers run_tests 'FullyQualifiedName~HelperTests&FullyQualifiedName~Gpu'
stage operations run_tests 'FullyQualifiedName~GpuKernelTests'
stage determinism run_tests 'FullyQualifiedName~DeterminismTests&FullyQualifiedName~Gpu'
stage goldens run_tests 'FullyQualifiedName~GoldenTests&FullyQualifiedName~Gpu'
stage invariants run_tests 'FullyQualifiedName~InvariantTests&FullyQualifiedName~Gpu'
stage demo engine run --device cuda --json

demo="$(grep -E '^\{' "$work/demo.log" | tail -n 1)"
file="$results/gpu-$(printf '%s' "$gpu" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9-').json"
printf '{"gpu": "%s", "driver": "%s", "commit": "%s", "stages": [%s], "demo": %s}\n' "$gpu" "$driver" "$commit" "$stages" "${demo:-null}" >"$file"
echo "wrote $file"
exit "$failed"
