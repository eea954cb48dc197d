#include "memory.hpp"
#include <algorithm>
#include <map>
#include <mutex>
#include <sys/mman.h>

namespace emu {

static const size_t gap = size_t(1) << 20;
uintptr_t device_space_start;
size_t memory_in_use, pool_kept;
static uintptr_t next_free;
static std::map<uintptr_t, Allocation>& allocations = *new std::map<uintptr_t, Allocation>;
static std::mutex lock;

int memory_limit_mb() { return option_number("EMU_MEMORY_MB", 8192); }

Allocation* find_allocation(uintptr_t address) {
    auto above = allocations.upper_bound(address);
    return above == allocations.begin() ? nullptr : &(--above)->second;
}

string describe_address(uintptr_t a) {
    Allocation* below = find_allocation(a);
    auto above = allocations.upper_bound(a);
    if (below && a < below->start + below->bytes)
        return format("inside the allocation of %zu bytes at %#lx, offset %zu", below->bytes, below->start, a - below->start);
    if (below && (above == allocations.end() || a - (below->start + below->bytes) < above->first - a))
        return format("%zu bytes past the end of the allocation of %zu bytes at %#lx", a - (below->start + below->bytes), below->bytes, below->start);
    if (above != allocations.end())
        return format("%zu bytes before the allocation of %zu bytes at %#lx", above->first - a, above->second.bytes, above->first);
    return "in no allocation";
}

int check_device_range(uintptr_t start, size_t bytes, bool write, const char* what) {
    std::lock_guard<std::mutex> guard(lock);
    Allocation* a = find_allocation(start);
    if (!a || start + bytes > a->start + a->bytes) {
        uintptr_t bad = a && start < a->start + a->bytes ? start + bytes : start;
        return report(INVALID_VALUE, format("%s of %zu bytes at %#lx: %s", what, bytes, start, describe_address(bad).c_str()));
    }
    if (a->written && write) memset(a->written + (start - a->start), 1, bytes);
    return OK;
}

API int cuMemAlloc_v2(uintptr_t* out, size_t bytes) {
    std::lock_guard<std::mutex> guard(lock);
    if (!bytes) return INVALID_VALUE;
    if (memory_in_use + bytes > size_t(memory_limit_mb()) << 20) return NO_MEMORY;
    if (!device_space_start) device_space_start = next_free = (uintptr_t)reserve(device_space, false);
    size_t mapped = (bytes + page_bytes - 1) / page_bytes * page_bytes;
    char* map = (char*)next_free + gap;
    next_free = (uintptr_t)map + mapped;
    if (mprotect(map, mapped, PROT_READ | PROT_WRITE)) return NO_MEMORY;
    memset(map, option_number("EMU_FILL", 255), mapped);
    uintptr_t start = (uintptr_t)map + (mapped - (bytes + 15) / 16 * 16);      // vectors of 16 bytes stay aligned
    Allocation a = {start, bytes, map, mapped, nullptr, nullptr, nullptr};
    if (checking) {
        a.written = zeroed<byte>(bytes);
        a.writer = zeroed<uint32_t>(bytes);
        a.reader = zeroed<uint32_t>(bytes);
    }
    allocations[start] = a;
    memory_in_use += bytes;
    *out = start;
    return OK;
}

API int cuMemFree_v2(uintptr_t start) {
    std::lock_guard<std::mutex> guard(lock);
    auto found = allocations.find(start);
    if (found == allocations.end()) return report(INVALID_VALUE, format("free of %#lx: %s", start, describe_address(start).c_str()));
    Allocation& a = found->second;
    memory_in_use -= a.bytes;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    if (mmap(a.map, a.mapped, PROT_NONE, flags, -1, 0) == MAP_FAILED) abort();     // later use faults
    if (a.written) {
        munmap(a.written, a.bytes);
        munmap(a.writer, a.bytes * 4);
        munmap(a.reader, a.bytes * 4);
    }
    allocations.erase(found);
    return OK;
}

// Allocation in stream order takes from the pool first.
API int cuMemAllocAsync(uintptr_t* out, size_t bytes, void*) {
    if (int error = cuMemAlloc_v2(out, bytes)) return error;
    pool_kept -= std::min(pool_kept, bytes);
    return OK;
}

int free_to_pool(uintptr_t start) {
    size_t before = memory_in_use;
    if (int error = cuMemFree_v2(start)) return error;
    pool_kept += before - memory_in_use;
    return OK;
}

API int cuMemPoolTrimTo(void*, size_t keep) {
    pool_kept = std::min(pool_kept, keep);
    return OK;
}

API int cuMemGetInfo_v2(size_t* free_bytes, size_t* total) {
    *total = size_t(memory_limit_mb()) << 20;
    *free_bytes = *total - std::min(*total, memory_in_use + pool_kept);
    return OK;
}

API int cuMemHostAlloc(void** out, size_t bytes, unsigned) {
    *out = aligned_alloc(page_bytes, (bytes + page_bytes - 1) / page_bytes * page_bytes);
    if (!*out) return NO_MEMORY;
    memset(*out, option_number("EMU_FILL", 255), bytes);
    return OK;
}

}
