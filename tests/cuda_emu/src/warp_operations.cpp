// Barriers and warp operations. Lanes that meet with different masks, operations or source lines are errors: the device's behaviour is
// then undefined.
#include "block.hpp"
#include <algorithm>
#include <cstdarg>

namespace emu {

const char* const operation_names[] = {
    "__syncwarp", "__shfl_sync", "__shfl_up_sync", "__shfl_down_sync", "__shfl_xor_sync", "__ballot/any/all_sync", "__match_any_sync",
    "__reduce_add_sync", "__reduce_min_sync", "__reduce_max_sync", "__reduce_and_sync", "__reduce_or_sync", "__reduce_xor_sync",
    "__reduce_min_sync", "__reduce_max_sync", "mma.m16n8k8", "mma.m16n8k16", "ldmatrix", "ldmatrix.trans",
};

static int source_lane(int operation, int lane, int x, int width) {
    int low = lane & ~(width - 1), source = 0;
    switch (operation) {
    case SHFL: source = low | (x & (width - 1)); break;
    case SHFL_UP: source = lane - x; break;
    case SHFL_DOWN: source = lane + x; break;
    default: source = lane ^ x; break;
    }
    bool outside = operation == SHFL_UP ? source < low : source >= low + width;
    return outside ? lane : source;
}

static void shuffle(Worker* w, Thread* first, int operation, unsigned mask, int width) {
    for (unsigned left = mask; left; left &= left - 1) {
        int lane = __builtin_ctz(left), source = source_lane(operation, lane, int(first[lane].in[1]), width);
        if (!(mask >> source & 1)) {
            Thread& t = first[lane];
            *w->current = &t;
            fail(w, LAUNCH_FAILED, format("%s reads lane %d, which mask %08x does not name, at %s:%d", operation_names[operation], source, mask, base_name(t.file), t.line));
        }
        first[lane].out[0] = first[source].in[0];
    }
}

static void match(Thread* first, unsigned mask) {
    for (unsigned left = mask; left; left &= left - 1) {
        Thread& t = first[__builtin_ctz(left)];
        t.out[0] = 0;
        for (int other = 0; other < 32; other++) if (mask >> other & 1 && first[other].in[0] == t.in[0]) t.out[0] |= 1u << other;
    }
}

static void ldmatrix(Thread* first, int matrices, bool transposed) {
    for (int i = 0; i < matrices; i++) for (int lane = 0; lane < 32; lane++) {
        unsigned word = 0;
        for (int half = 0; half < 2; half++) {
            int a = lane >> 2, b = (lane & 3) * 2 + half, row = transposed ? b : a, column = transposed ? a : b;
            unsigned short v;
            memcpy(&v, (const char*)first[8 * i + row].address + 2 * column, 2);
            word |= unsigned(v) << 16 * half;
        }
        first[lane].out[i] = word;
    }
}

static unsigned combine(int operation, unsigned a, unsigned b) {
    switch (operation) {
    case REDUCE_ADD: return a + b;
    case REDUCE_MIN: return unsigned(std::min(int(a), int(b)));
    case REDUCE_MAX: return unsigned(std::max(int(a), int(b)));
    case REDUCE_UMIN: return std::min(a, b);
    case REDUCE_UMAX: return std::max(a, b);
    case REDUCE_AND: return a & b;
    case REDUCE_OR: return a | b;
    default: return a ^ b;
    }
}

static void reduce(Thread* first, int operation, unsigned mask) {
    unsigned all = 0;
    bool begun = false;
    for (unsigned left = mask; left; left &= left - 1) {
        int lane = __builtin_ctz(left);
        unsigned v = first[lane].in[0];
        all = operation == BALLOT ? all | v << lane : begun ? combine(operation, all, v) : v;
        begun = true;
    }
    for (unsigned left = mask; left; left &= left - 1) first[__builtin_ctz(left)].out[0] = all;
}

void perform(Worker* w, Thread* first, int operation, unsigned mask, int argument) {
    switch (operation) {
    case SYNCWARP: if (mask == ~0u) w->warps[first->id >> 5].syncs++; break;
    case SHFL: case SHFL_UP: case SHFL_DOWN: case SHFL_XOR: shuffle(w, first, operation, mask, argument); break;
    case MATCH: match(first, mask); break;
    case MMA_K8: case MMA_K16: perform_mma(first, operation == MMA_K8 ? 8 : 16, argument); break;
    case LDMATRIX: case LDMATRIX_TRANSPOSED: ldmatrix(first, argument, operation == LDMATRIX_TRANSPOSED); break;
    default: reduce(first, operation, mask); break;
    }
}

API void emu_warp(emu_thread* thread, int operation, unsigned mask, int argument, const char* file, int line) {
    Thread* t = (Thread*)thread;
    Worker* w = t->worker;
    Warp& warp = w->warps[t->id >> 5];
    int lane = t->id & 31;
    Thread* first = t - lane;
    if (!(mask >> lane & 1))
        fail(w, LAUNCH_FAILED, format("%s at %s:%d: mask %08x does not name the calling lane %d", operation_names[operation], base_name(file), line, mask, lane));
    bool reads_row = operation == LDMATRIX || operation == LDMATRIX_TRANSPOSED;
    if (checking && reads_row && lane < 8 * argument) check_access((uintptr_t)t->address, 16, 0, nullptr);

    t->operation = operation, t->mask = mask, t->argument = argument, t->file = file, t->line = line, t->state = IN_WARP;
    warp.waiting |= 1u << lane;
    bool complete = (warp.waiting & mask) == mask;
    Thread* stray = nullptr;
    for (unsigned left = mask; complete && left; left &= left - 1) {
        Thread& other = first[__builtin_ctz(left)];
        complete = other.operation == operation && other.mask == mask && other.argument == argument;
        if (other.line != line) stray = &other;
    }
    if (!complete) {
        wait_for_others(w, t);
        return;
    }
    if (stray)
        fail(w, LAUNCH_FAILED, format("divergent %s: lane %d is at %s:%d, lane %d at %s:%d", operation_names[operation], lane, base_name(file), line, stray->id & 31, base_name(stray->file), stray->line));
    for (unsigned left = mask; left; left &= left - 1) first[__builtin_ctz(left)].state = READY;
    perform(w, first, operation, mask, argument);
    warp.waiting &= ~mask;
    warp.ready |= mask & ~(1u << lane);
}

// operation: 0 __syncthreads, 1 count, 2 or, 3 and.
API int emu_barrier(emu_thread* thread, int operation, int predicate, const char* file, int line) {
    Thread* t = (Thread*)thread;
    Worker* w = t->worker;
    if (!w->arrived) {
        w->barrier_operation = operation, w->barrier_line = line, w->barrier_file = file, w->barrier_count = 0;
    } else if (w->barrier_operation != operation || w->barrier_line != line) {
        fail(w, LAUNCH_FAILED, format("divergent __syncthreads: this thread is at %s:%d, others wait at %s:%d", base_name(file), line, base_name(w->barrier_file), w->barrier_line));
    }
    w->barrier_count += predicate;
    t->file = file, t->line = line, t->state = IN_BARRIER;
    if (++w->arrived < w->thread_count) {
        wait_for_others(w, t);
        return w->barrier_result;
    }
    w->arrived = 0;
    w->interval++;
    w->barrier_result = operation == 1 ? w->barrier_count : operation == 2 ? w->barrier_count > 0 : w->barrier_count == w->thread_count;
    for (int i = 0; i < w->thread_count; i++) w->threads[i].state = READY;
    for (int i = 0; i < w->warp_count; i++) w->warps[i].ready = ~0u;
    w->warps[t->id >> 5].ready &= ~(1u << (t->id & 31));
    return w->barrier_result;
}

API void emu_fail(emu_thread* t, const char* what, const char* file, int line) {
    fail(((Thread*)t)->worker, ASSERT, format("%s at %s:%d", what, base_name(file), line));
}

API int emu_printf(const char* text, ...) {
    va_list arguments;
    va_start(arguments, text);
    int written = vprintf(text, arguments);
    va_end(arguments);
    return written;
}

// cp.async lands only when it is waited for, so that a missing wait shows.
API void emu_copy_async(emu_thread* thread, void* to, const void* from, int bytes, int valid) {
    Thread* t = (Thread*)thread;
    Worker* w = t->worker;
    if (((uintptr_t)to | (valid ? (uintptr_t)from : 0)) & (bytes - 1)) fail(w, MISALIGNED, format("cp.async of %d bytes: misaligned", bytes));
    if (checking && valid) check_access((uintptr_t)from, valid, 0, __builtin_return_address(0));
    w->copies[t->id].push_back({to, from, bytes, valid, w->copy_groups[t->id]});
}

API void emu_copy_commit(emu_thread* t) { ((Thread*)t)->worker->copy_groups[((Thread*)t)->id]++; }

API void emu_copy_wait(emu_thread* thread, int pending) {
    Thread* t = (Thread*)thread;
    Worker* w = t->worker;
    vector<Copy>& copies = w->copies[t->id];
    size_t done = 0;
    for (; done < copies.size() && copies[done].group < w->copy_groups[t->id] - pending; done++) {
        const Copy& c = copies[done];
        if (checking) check_access((uintptr_t)c.to, c.bytes, 1, __builtin_return_address(0));
        memcpy(c.to, c.from, c.valid);
        memset((char*)c.to + c.valid, 0, c.bytes - c.valid);
    }
    copies.erase(copies.begin(), copies.begin() + done);
}

}
