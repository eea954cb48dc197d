// sample: draws one token from each row of logits: repetition penalty, temperature, min-p, top-k, top-p, then the largest of x + Gumbel noise among the
// tokens kept (Gumbel-max: a draw from their softmax). Temperature 0: the largest x. Equal values: the lowest token.
// A row that is no distribution (a NaN, a +infinity, nothing finite) gives token -1 and its largest value.
// logits [R, vocabulary] fp32, not changed; rows [R]; history: all rows' tokens; sampled [R]: the token and its log-probability under the raw logits.
// Grid: R. Block: 256. Shared: dynamic, a bit a token for the penalty (mask_words words; 0 when no row has a history), so 370,000 tokens at most. Bytes: logits, read 3 to 10 times.
// No sort: top-k and top-p search the cut digit by digit (select_from_top); masses are 2^-40 fixed point, so their sums have no order.
// Noise is a pure function of (key, token, position, stream, problem): a row's draw does not depend on the batch.
#include "philox.cuh"
struct SampleRow {
    float temperature, top_p, min_p, penalty;
    int top_k, position, history_start, history_count;
    u32 key_low, key_high, stream, problem;
};
struct Sampled { int token; float log_probability; };
struct Sample { const float* logits; const SampleRow* rows; const int* history; Sampled* sampled; int vocabulary, mask_words; };
CHECK_PARAMS(Sample);

constexpr int threads = 256;

// Floats as integers in the same order.
INLINE u32 ordered(float f) {
    const u32 u = __float_as_uint(f);
    return u >> 31 ? ~u : u | 0x80000000u;
}
INLINE float from_ordered(u32 key) { return __uint_as_float(key >> 31 ? key & 0x7fffffffu : ~key); }

// One row, seen through penalty and temperature.
struct Row {
    const float* logits;
    const u32* marked;                                  // a bit a token, or null
    float penalty, temperature;
    int vocabulary;
    float top;                                          // the largest penalised logit
    INLINE float penalised(int token) const {
        const float x = logits[token];
        return !marked || !(marked[token / 32] >> token % 32 & 1) ? x : x > 0 ? x / penalty : x * penalty;
    }
    // 0 for the most probable token. Counted from the top before the division: huge logits over a temperature leave a float no digits. -0 becomes 0.
    INLINE float value(int token) const {
        const float x = penalised(token);
        return temperature > 0 ? (x - top) / temperature + 0.0f : x;
    }
};

struct Item { u32 key; u64 weight; };
struct Cut { u32 key; u64 above; };                     // weight of the items with larger keys

// The largest key such that the items with this key or a larger one weigh at least target (which all items together do). item(token) has weight 0
// for what does not take part. Eight bits a round; bins: 256 shared counters. Integer sums: any order gives the same.
template <class F> INLINE Cut select_from_top(int vocabulary, u64 target, u64* bins, F item) {
    Cut cut = {0, 0};
    for (int shift = 24; shift >= 0; shift -= 8) {
        __syncthreads();
        bins[threadIdx.x] = 0;
        __syncthreads();
        for (int token = threadIdx.x; token < vocabulary; token += threads) {
            const Item i = item(token);
            if (i.weight && (shift == 24 || i.key >> (shift + 8) == cut.key >> (shift + 8))) atomicAdd(&bins[i.key >> shift & 255], i.weight);
        }
        __syncthreads();
        int digit = 255;
        while (digit > 0 && cut.above + bins[digit] < target) cut.above += bins[digit--];
        cut.key |= (u32)digit << shift;
    }
    return cut;
}

INLINE u64 mass(float x) { return (u64)(expf(x) * 1099511627776.0f); }       // 2^40 for the best token

// Tokens with a key above floor are kept; of those with this very key, the ones up to last_tie.
struct Kept { u32 floor; int last_tie; };

// Sum of an integer over the block, by way of a shared counter.
INLINE u64 block_total(u64 v, u64* counter) {
    __syncthreads();
    if (threadIdx.x == 0) *counter = 0;
    __syncthreads();
    atomicAdd(counter, v);
    __syncthreads();
    return *counter;
}

// The tokens that min-p, top-k and top-p leave, in this order.
INLINE Kept choose(const Row& row, const SampleRow& settings, u64* bins) {
    Kept kept = {0, row.vocabulary};
    if (settings.min_p > 0) kept.floor = ordered(logf(settings.min_p));
    if (settings.top_k > 0 && settings.top_k < row.vocabulary) {
        const Cut cut = select_from_top(row.vocabulary, settings.top_k, bins, [&](int token) { return Item{ordered(row.value(token)), 1}; });
        kept.floor = max(kept.floor, cut.key);
    }
    if (settings.top_p >= 1) return kept;

    const u32 floor = kept.floor;
    auto weigh = [&](int token) {
        const float x = row.value(token);
        return Item{ordered(x), ordered(x) >= floor ? mass(x) : 0};
    };
    u64 own = 0;
    for (int token = threadIdx.x; token < row.vocabulary; token += threads) own += weigh(token).weight;
    const u64 total = block_total(own, bins);
    const u64 target = (u64)max((long long)ceil((double)settings.top_p * (double)total), 1ll);
    const Cut cut = select_from_top(row.vocabulary, target, bins, weigh);
    kept.floor = cut.key;
    // Only as many of the equally likely tokens at the cut as the mass needs: the lowest ids.
    const u64 each = mass(from_ordered(cut.key)), needed = each ? (target - cut.above + each - 1) / each : 1;
    u64 ties = 0;
    for (int token = threadIdx.x; token < row.vocabulary; token += threads) ties += ordered(row.value(token)) == cut.key;
    if (block_total(ties, bins) > needed) {
        const Cut last = select_from_top(row.vocabulary, needed, bins, [&](int token) { return Item{~(u32)token, ordered(row.value(token)) == cut.key}; });
        kept.last_tie = (int)~last.key;
    }
    return kept;
}

INLINE bool better(float v, int token, float best, int at) { return v > best || (v == best && token < at); }

// The token with the largest value over the block, in every thread.
INLINE int block_argmax(float best, int at, float* scratch) {
    const float top = block_max(best, scratch);
    int* tokens = (int*)scratch;
    at = best == top ? at : 0x7fffffff;
    for (int x = 16; x; x >>= 1) at = min(at, __shfl_xor_sync(ALL_LANES, at, x));
    __syncthreads();
    if (threadIdx.x % 32 == 0) tokens[threadIdx.x / 32] = at;
    __syncthreads();
    for (int w = 0; w < threads / 32; w++) at = min(at, tokens[w]);
    return at;
}

INLINE void mark_history(const Sample& p, const SampleRow& settings, u32* mask) {
    for (int i = threadIdx.x; i < p.mask_words; i += threads) mask[i] = 0;
    __syncthreads();
    for (int i = threadIdx.x; i < settings.history_count; i += threads) {
        const int token = p.history[settings.history_start + i];
        if (token >= 0 && token < p.vocabulary) atomicOr(&mask[token / 32], 1u << token % 32);
    }
    __syncthreads();
}

KERNEL(sample, 256, Sample) {
    __shared__ float scratch[32];
    __shared__ u64 bins[256];
    DYNAMIC_SHARED(u32, mask);
    const SampleRow settings = p.rows[blockIdx.x];
    const float* logits = p.logits + (size_t)blockIdx.x * p.vocabulary;
    if (p.mask_words) mark_history(p, settings, mask);
    Row row = {logits, p.mask_words ? mask : nullptr, settings.penalty, settings.temperature, p.vocabulary, 0};

    const float lowest = __uint_as_float(0xff800000u);
    float raw_top = lowest, top = lowest, sum = 0;
    for (int token = threadIdx.x; token < p.vocabulary; token += threads) {
        raw_top = fmaxf(raw_top, logits[token]);
        top = fmaxf(top, row.penalised(token));
    }
    raw_top = block_max(raw_top, scratch);
    row.top = block_max(top, scratch);
    for (int token = threadIdx.x; token < p.vocabulary; token += threads) sum += expf(logits[token] - raw_top);
    sum = block_sum(sum, scratch);

    Kept kept = {0, p.vocabulary};
    if (settings.temperature > 0) kept = choose(row, settings, bins);
    float best = lowest;
    int at = 0x7fffffff;
    for (int first = threadIdx.x * 4; first < p.vocabulary; first += threads * 4) {
        u32 noise[4] = {};
        if (settings.temperature > 0) {
            const uint4 words = philox(make_uint4(first / 4, settings.position, settings.stream, settings.problem), settings.key_low, settings.key_high);
            noise[0] = words.x, noise[1] = words.y, noise[2] = words.z, noise[3] = words.w;
        }
        for (int j = 0; j < 4 && first + j < p.vocabulary; j++) {
            float x = row.value(first + j);
            const u32 key = ordered(x);
            if (key < kept.floor || (key == kept.floor && first + j > kept.last_tie)) continue;
            if (settings.temperature > 0) x += gumbel(noise[j]);
            if (better(x, first + j, best, at)) best = x, at = first + j;
        }
    }
    at = block_argmax(best, at, scratch);
    if (threadIdx.x == 0) {
        const bool distribution = isfinite(raw_top) && isfinite(sum) && at < p.vocabulary;
        p.sampled[blockIdx.x] = distribution ? Sampled{at, logits[at] - raw_top - logf(sum)} : Sampled{-1, raw_top};
    }
}
