#!/usr/bin/env bash
# Packs everything that bench/gpu.sh needs into one archive for a machine with a GPU but no .NET and no network:
# the tests with their reference data (all golden models where ../shared lies beside the checkout, else those that travel with it), the command line and the bench,
# self-contained for linux-x64 and with one runtime for all, of the last commit.
# Usage: bench/pack.sh [ARCHIVE]  (default: artifacts/numina-cuda-gpu.tar.xz). Needs the .NET 10 SDK.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
archive="${1:-artifacts/numina-cuda-gpu.tar.xz}"
limit=60000000
stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT
root="$stage/numina-cuda"
mkdir -p "$root/app" "$root/bench" "$root/tests" "$(dirname "$archive")"

# Built from a copy: a runtime identifier would change the lock files.
git archive HEAD | tar -x -C "$stage" --one-top-level=source
find "$stage/source" -name packages.lock.json -delete
for project in tests/Numina.Cuda.Tests src/Numina.Cuda.Cli bench/Numina.Cuda.Bench; do
    dotnet publish "$stage/source/$project" -c Release -r linux-x64 --self-contained --nologo -v quiet -p:StandaloneTests=true -p:RunAnalyzers=false -p:DebugType=none -o "$root/app"
done

# Of use to a debugger, to other garbage collectors and to readers of the source alone.
rm -f "$root"/app/{libmscordaccore.so,libmscordbi.so,libcoreclrtraceptprovider.so,libclrgc.so,libclrgcexp.so,createdump} "$root"/app/*.xml

# What the tests look for from the repository's root on.
cp Numina.Cuda.sln "$root/"
cp -r kernels docs "$root/"
cp -r tests/fixtures tests/cuda_emu "$root/tests/"
for models in llama gptq; do
    if [ -d "../shared/goldens/$models" ]; then
        cp -r --no-clobber --no-preserve=mode "../shared/goldens/$models" "$root/tests/fixtures/goldens/"
    else
        echo "pack.sh: ../shared/goldens/$models is absent: its models that tests/fixtures lacks will be skipped" >&2
    fi
done
rm -rf "$root/tests/fixtures/goldens/gptq/base"
mkdir -p "$root/src/Numina.Cuda.Cli"
cp -r src/Numina.Cuda.Cli/Demo "$root/src/Numina.Cuda.Cli/"
cp bench/gpu.sh "$root/bench/"
git rev-parse HEAD >"$root/commit"

# A dictionary as large as the whole: golden models share tensors, and what is embedded lies there as a file too.
tar -C "$stage" -cf - numina-cuda | xz --lzma2=preset=9,dict=256MiB >"$archive"
size=$(stat -c %s "$archive")
printf '%s: %d bytes\n' "$archive" "$size"
[ "$size" -le "$limit" ] || { echo "pack.sh: the archive is larger than its limit of 60 MB" >&2; exit 1; }
