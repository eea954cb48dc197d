// Tensor cores: mma.m16n8k8 and m16n8k16, fp16 or bf16 in, fp32 sums.
// EMU_MMA=exact (default): exact products summed in double in k order, rounded to float once an instruction.
// EMU_MMA=hardware: as published measurements describe the units (arXiv 2511.10909, 2512.07004): exact products and the addend are aligned
// to the largest exponent, cut off (not rounded) 2^-24 (sm_90: 2^-25) below it, added, and the sum is cut to float; 8 products at a time
// (sm_90: 16). Written from the description, not verified on hardware.
#include "block.hpp"
#include <algorithm>
#include <cmath>

namespace emu {

bool hardware_sums;
int architecture = 80;

static float element(unsigned word, int half, bool bf16) {
    unsigned short bits = (unsigned short)(word >> 16 * half);
    if (bf16) {
        unsigned wide = unsigned(bits) << 16;
        float f;
        memcpy(&f, &wide, 4);
        return f;
    }
    _Float16 h;
    memcpy(&h, &bits, 2);
    return float(h);
}

static float hardware_sum(const float* a, const float* b, int n, float c) {
    int kept_bits = architecture < 90 ? 24 : 25, largest = -149, x, y;
    for (int i = 0; i < n; i++) if (a[i] && b[i]) {
        frexp(a[i], &x);
        frexp(b[i], &y);
        largest = std::max(largest, std::max(x - 1, -14) + std::max(y - 1, -14));
    }
    if (c) {
        frexp(c, &x);
        largest = std::max(largest, std::max(x - 1, -126));
    }
    double scale = ldexp(1, kept_bits - largest), sum = trunc(double(c) * scale);
    for (int i = 0; i < n; i++) sum += trunc(double(a[i]) * b[i] * scale);
    sum /= scale;
    float cut = float(sum);
    return fabs(cut) > fabs(sum) ? nextafterf(cut, 0) : cut;
}

// With g = lane / 4 and t = lane % 4: a[0] is row g, k 2t and 2t+1; a[1] row g+8; a[2], a[3] the same for k + 8; b[0] column g, k 2t and 2t+1;
// b[1] k + 8; d[0], d[1] row g, columns 2t and 2t+1; d[2], d[3] row g+8.
struct Fragments {
    float a[16][16], b[8][16], c[16][8];

    void gather(const Thread* first, int k, bool bf16) {
        for (int lane = 0; lane < 32; lane++) {
            int g = lane >> 2, q = (lane & 3) * 2;
            const unsigned* in = first[lane].in;
            for (int i = 0; i < k / 2; i++) a[g + 8 * (i >> 1 & 1)][q + (i & 1) + 8 * (i >> 2)] = element(in[i / 2], i & 1, bf16);
            for (int i = 0; i < k / 4; i++) b[g][q + (i & 1) + 8 * (i >> 1)] = element(in[4 + i / 2], i & 1, bf16);
            for (int i = 0; i < 4; i++) memcpy(&c[g + 8 * (i >> 1)][q + (i & 1)], &in[6 + i], 4);
        }
    }

    void scatter(Thread* first) const {
        for (int lane = 0; lane < 32; lane++) {
            for (int i = 0; i < 4; i++) memcpy(&first[lane].out[i], &c[(lane >> 2) + 8 * (i >> 1)][(lane & 3) * 2 + (i & 1)], 4);
        }
    }
};

void perform_mma(Thread* first, int k, bool bf16) {
    Fragments f;
    f.gather(first, k, bf16);
    int step = std::min(k, architecture < 90 ? 8 : 16);
    for (int i = 0; i < 16; i++) for (int j = 0; j < 8; j++) {
        if (hardware_sums) {
            for (int x = 0; x < k; x += step) f.c[i][j] = hardware_sum(f.a[i] + x, f.b[j] + x, step, f.c[i][j]);
        } else {
            double sum = f.c[i][j];
            for (int x = 0; x < k; x++) sum += double(f.a[i][x]) * f.b[j][x];
            f.c[i][j] = float(sum);
        }
    }
    f.scatter(first);
}

}
