// EMU_CHECK=1: kernels are compiled with -fsanitize=thread, whose calls before each load and store end here instead of in libtsan.
// Exact bounds, alignment, reads of bytes that nobody wrote, races inside a block (shared memory) and between blocks (global memory).
#include "block.hpp"

namespace emu {

static const uint16_t several = 0xffff;

static const char* verb(int write) { return write ? "write" : "read"; }

// A race: two threads touch a byte between two __syncthreads, one writes, and no full __syncwarp of their common warp lies between.
static bool races(const Worker* w, const Thread* t, uint32_t interval, int other, unsigned other_syncs) {
    if (interval != w->interval || !other || other == t->id + 1) return false;
    bool ordered_by_warp = other != several && (other - 1) >> 5 == t->id >> 5 && other_syncs < (w->warps[t->id >> 5].syncs & 0xffff);
    return !ordered_by_warp;
}

static void check_shared(Worker* w, Thread* t, size_t at, int bytes, int write, void* pc) {
    int me = t->id + 1;
    for (int i = 0; i < bytes; i++) {
        Cell& c = w->cells[at + i];
        if (!write && c.block != w->block_number) fail(w, LAUNCH_FAILED, format("uninitialised shared memory read (byte %zu)", at + i), pc);
        if (write < 2 && races(w, t, c.write_interval, c.writer, c.writer_syncs))
            fail(w, LAUNCH_FAILED, format("race on shared memory (byte %zu): %s after a write by thread %d without a barrier", at + i, verb(write), c.writer - 1), pc);
        if (write == 1 && races(w, t, c.read_interval, c.reader, c.reader_syncs))
            fail(w, LAUNCH_FAILED, format("race on shared memory (byte %zu): write after a read by thread %d without a barrier", at + i, c.reader - 1), pc);
        uint16_t syncs = w->warps[t->id >> 5].syncs & 0xffff;
        if (write) {
            c.write_interval = w->interval, c.writer = me, c.writer_syncs = syncs, c.block = w->block_number;
        } else {
            bool other_warp = c.read_interval == w->interval && c.reader && c.reader != me && !(c.reader != several && (c.reader - 1) >> 5 == t->id >> 5);
            c.reader = other_warp ? several : me, c.read_interval = w->interval, c.reader_syncs = syncs;
        }
    }
}

static void check_global(Worker* w, Thread* t, uintptr_t address, int bytes, int write, void* pc) {
    if (address - w->last_hit.start >= w->last_hit.bytes) {
        Allocation* found = find_allocation(address);
        w->last_hit = found ? *found : Allocation();
    }
    Allocation& a = w->last_hit;
    if (address < a.start || address + bytes > a.start + a.bytes)
        fail(w, ILLEGAL_ADDRESS, format("%s of %d bytes at %#lx, %s", verb(write), bytes, address, describe_address(address).c_str()), pc);
    if (!a.written) return;
    unsigned block = (t->bid.z * t->gdim.y + t->bid.y) * t->gdim.x + t->bid.x + 1;
    uint32_t mine = w->launch << 20 | (block & 0xfffff), many = w->launch << 20 | 0xfffff;
    auto of_other_block = [&](uint32_t v) { return v >> 20 == w->launch && v != mine; };
    for (size_t i = address - a.start, end = i + bytes; i < end; i++) {
        if (!write && !a.written[i]) fail(w, LAUNCH_FAILED, "uninitialised global memory read, " + describe_address(a.start + i), pc);
        if (write < 2 && (of_other_block(a.writer[i]) || (write && of_other_block(a.reader[i])))) {
            uint32_t other = of_other_block(a.writer[i]) ? a.writer[i] : a.reader[i];
            fail(w, LAUNCH_FAILED, format("race between blocks: %s, also touched by block %d in this launch, %s", verb(write), int(other & 0xfffff) - 1, describe_address(a.start + i).c_str()), pc);
        }
        if (write) a.written[i] = 1;
        if (write == 1) a.writer[i] = mine;
        if (write == 0) a.reader[i] = of_other_block(a.reader[i]) ? many : mine;
    }
}

void check_access(uintptr_t address, int bytes, int write, void* pc) {
    Worker* w = this_worker;
    if (!w || !w->running) return;
    if (address - (uintptr_t)w < sizeof(Worker) || address - (uintptr_t)w->stacks < size_t(max_threads) * stack_bytes) return;
    Thread* t = w->running_thread();
    if (bytes <= 16 && (bytes & (bytes - 1)) == 0 && address & (bytes - 1))
        fail(w, MISALIGNED, format("misaligned %s of %d bytes at %#lx", verb(write), bytes, address), pc);
    if (address - (uintptr_t)w->shared_start < size_t(w->shared_end - w->shared_start))
        return check_shared(w, t, address - (uintptr_t)w->shared_start, bytes, write, pc);
    uintptr_t dynamic = (uintptr_t)w->dynamic;
    if (address >= dynamic - page_bytes && address < (uintptr_t)w->dynamic_end + page_bytes) {
        if (address < dynamic || address + bytes > dynamic + w->dynamic_bytes)
            fail(w, ILLEGAL_ADDRESS, format("%s of %d bytes outside the %zu bytes of dynamic shared memory", verb(write), bytes, w->dynamic_bytes), pc);
        return check_shared(w, t, static_room + (address - dynamic), bytes, write, pc);
    }
    if (address - w->image_start < w->image_end - w->image_start) return;
    if (address - device_space_start >= device_space)
        fail(w, ILLEGAL_ADDRESS, format("%s of %d bytes at %#lx, which is no device memory", verb(write), bytes, address), pc);
    check_global(w, t, address, bytes, write, pc);
}

API void emu_touch(emu_thread*, const void* p, int bytes, int write) {
    if (checking) check_access((uintptr_t)p, bytes, write, __builtin_return_address(0));
}

#define HOOKS(bytes) \
    API void __tsan_read##bytes(void* p) { check_access((uintptr_t)p, bytes, 0, __builtin_return_address(0)); } \
    API void __tsan_write##bytes(void* p) { check_access((uintptr_t)p, bytes, 1, __builtin_return_address(0)); } \
    API void __tsan_unaligned_read##bytes(void* p) { check_access((uintptr_t)p, bytes, 0, __builtin_return_address(0)); } \
    API void __tsan_unaligned_write##bytes(void* p) { check_access((uintptr_t)p, bytes, 1, __builtin_return_address(0)); }
HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)
API void __tsan_read_range(void* p, size_t n) { check_access((uintptr_t)p, int(n), 0, __builtin_return_address(0)); }
API void __tsan_write_range(void* p, size_t n) { check_access((uintptr_t)p, int(n), 1, __builtin_return_address(0)); }
API void __tsan_init() {}
API void __tsan_func_entry(void*) {}
API void __tsan_func_exit(void*) {}
API int __tsan_atomic32_load(const volatile int* p, int) { return __atomic_load_n(p, 0); }
API long __tsan_atomic64_load(const volatile long* p, int) { return __atomic_load_n(p, 0); }
API void __tsan_atomic_thread_fence(int) {}
#define COMPARE_EXCHANGE(name, T) \
    API bool name(volatile T* p, T* expected, T v, int, int) { return __atomic_compare_exchange_n(p, expected, v, false, 0, 0); }
COMPARE_EXCHANGE(__tsan_atomic32_compare_exchange_strong, int)
COMPARE_EXCHANGE(__tsan_atomic64_compare_exchange_strong, long)
COMPARE_EXCHANGE(__tsan_atomic32_compare_exchange_weak, int)
COMPARE_EXCHANGE(__tsan_atomic64_compare_exchange_weak, long)

}
