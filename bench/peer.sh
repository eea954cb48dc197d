#!/usr/bin/env bash
# Measures llama.cpp (Q8_0 SmolLM2-135M) and our synthetic 135m int8 model in turn, in one run, and prints the ratio of the medians.
# usage: bench/peer.sh [threads] [rounds]      needs npm, Python 3, glibc 2.34; ../shared beside the checkout; a quiet machine
set -euo pipefail
cd "$(dirname "$0")/.."
threads=${1:-$(nproc)}
rounds=${2:-3}
version=3.22.1
peer=$(realpath ../shared/peer/peer.py)
source=$(realpath ../shared/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/numina-bench
mkdir -p "$cache"

if [ ! -d "$cache/llama-$version" ]; then
    (cd "$cache" && npm pack --silent "@node-llama-cpp/linux-x64@$version" && mkdir -p "unpacked-$version" \
        && tar xzf "node-llama-cpp-linux-x64-$version.tgz" -C "unpacked-$version" && mv "unpacked-$version" "llama-$version")
fi
libraries=$cache/llama-$version/package/bins/linux-x64
model=$cache/smollm2-135m.q8_0.gguf
if [ ! -f "$model" ]; then
    python3 "$peer" "$libraries" quantize "$source" "$model.part" q8_0
    mv "$model.part" "$model"
fi

dotnet build bench/Numina.Cuda.Bench -c Release -v q --nologo
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for ((round = 1; round <= rounds; round++)); do
    echo "round $round of $rounds"
    timeout 600 python3 "$peer" "$libraries" bench "$model" "$threads" 1 2>/dev/null | tee -a "$log" \
        || { echo "llama.cpp did not finish: its threads spin at barriers and collapse on a busy machine" >&2; exit 1; }
    dotnet bench/Numina.Cuda.Bench/bin/Release/net10.0/numina-bench.dll 135m --device cpu --threads "$threads" --runs 1 --kinds prefill512,decode1,decode8 | tee -a "$log"
done

python3 - "$log" <<'PYTHON'
import re, statistics, sys
names = {"prompt": "prefill512", "decode": "decode1", "decode8": "decode8"}
rates, cpu = {}, {}
for line in open(sys.argv[1], encoding="utf-8"):
    theirs = re.search(r"threads \d+ (\w+) +tokens/s min median max +\S+ +(\S+).*per CPU second +\S+ +(\S+)", line)
    ours = re.match(r"135m +(\w+) +tokens/s min median max +\S+ +(\S+).*per CPU second +(\S+)", line)
    if theirs or ours:
        key = ("llama.cpp", names[theirs[1]]) if theirs else ("ours", ours[1])
        match = theirs or ours
        rates.setdefault(key, []).append(float(match[2]))
        cpu.setdefault(key, []).append(float(match[3]))
print(f"{'tokens/s, median':12} {'llama.cpp':>10} {'ours':>10} {'ratio':>6} {'wanted':>7}   per CPU second: llama.cpp, ours, ratio")
for kind, wanted in ("decode1", 0.9), ("decode8", 0.7), ("prefill512", 0.5):
    a, b = (statistics.median(rates[who, kind]) for who in ("llama.cpp", "ours"))
    c, d = (statistics.median(cpu[who, kind]) for who in ("llama.cpp", "ours"))
    print(f"{kind:16} {a:10.1f} {b:10.1f} {b / a:6.2f} {wanted:7.1f}   {c:8.1f} {d:8.1f} {d / c:5.2f}")
PYTHON
