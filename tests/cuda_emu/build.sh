#!/bin/sh
# Builds the emulated CUDA driver: build.sh FOLDER leaves FOLDER/libcuda_emu.so and the headers that it compiles kernels with.
set -e
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
if ! command -v g++ >/dev/null; then
    echo "cuda_emu: no g++ on this machine; the Emulated suites will be skipped"
    exit 0
fi
flags="-std=c++17 -O2 -mf16c -mavx2 -mfma -ffp-contract=off -fno-math-errno -fno-trapping-math -Wall -Wextra -Wno-unused-parameter -fPIC -fvisibility=hidden"
objects=""
for source in "$here"/src/*.cpp; do
    object="$out/$(basename "$source" .cpp).o"
    g++ $flags -c -o "$object" "$source" &
    objects="$objects $object"
done
wait
# The name matters: compiled kernels are linked against it.
g++ -shared -Wl,-soname,libcuda_emu.so -o "$out/libcuda_emu.so.new" $objects -ldl -lpthread
rm -f $objects
rm -rf "$out/device" "$out/cache"
cp -r "$here/device" "$out/device"
mv "$out/libcuda_emu.so.new" "$out/libcuda_emu.so"
