// Device memory. Every allocation ends (to 16 bytes) at unmapped memory and lies a megabyte from the next: an access past its end, or
// far from all of them, faults. Shadow bytes tell the checker what was written, and by which block of the running launch.
#pragma once
#include "common.hpp"

namespace emu {

struct Allocation {
    uintptr_t start;
    size_t bytes;
    char* map;
    size_t mapped;
    byte* written;              // per byte, null unless checking
    uint32_t *writer, *reader;  // per byte: launch << 20 | block + 1
};

const size_t device_space = size_t(1) << 42;
extern uintptr_t device_space_start;
extern size_t memory_in_use;

// Bytes of blocks freed in stream order: the pool keeps them, not free for others, until it is trimmed.
extern size_t pool_kept;

// The allocation at or below an address, or null.
Allocation* find_allocation(uintptr_t address);

// "12 bytes past the end of the allocation of 1024 bytes at 0x...".
string describe_address(uintptr_t address);

// Checks a copy's or memset's extent and marks what it writes.
int check_device_range(uintptr_t start, size_t bytes, bool write, const char* what);

int memory_limit_mb();

}
