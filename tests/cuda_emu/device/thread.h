// The emulated thread, laid out as block.hpp has it, and the entry points that a compiled kernel calls in the emulator.
#pragma once
struct emu_thread {
    uint3 tid, bid, bdim, gdim;
    unsigned in[12], out[4];              // arguments and results of the warp operation that this thread waits in
    const void* address;                  // ldmatrix: this lane's row
    unsigned char* dynamic_shared;
};
struct emu_kernel {
    void (*run)(const void* params);
    int param_bytes, max_threads;
};

extern "C" {
    __attribute__((visibility("hidden"))) emu_thread* emu_t;      // the running thread, set at each fiber switch
    EMU_EXPORT emu_thread** emu_current() { return &emu_t; }
    extern char __start_emu_shared[] __attribute__((visibility("hidden")));
    extern char __stop_emu_shared[] __attribute__((visibility("hidden")));
    EMU_EXPORT char* emu_shared_start() { return __start_emu_shared; }
    EMU_EXPORT char* emu_shared_stop() { return __stop_emu_shared; }

    void emu_warp(emu_thread* thread, int operation, unsigned mask, int argument, const char* file, int line);
    int emu_barrier(emu_thread* thread, int operation, int predicate, const char* file, int line);
    void emu_fail(emu_thread* thread, const char* what, const char* file, int line);
    void emu_touch(emu_thread* thread, const void* address, int bytes, int write);
    void emu_copy_async(emu_thread* thread, void* to, const void* from, int bytes, int valid);
    void emu_copy_commit(emu_thread* thread);
    void emu_copy_wait(emu_thread* thread, int pending);
    int emu_printf(const char*, ...) __attribute__((format(printf, 1, 2)));
}
static char emu_shared_anchor __attribute__((section("emu_shared"), used, aligned(128)));

#define threadIdx (emu_t->tid)
#define blockIdx (emu_t->bid)
#define blockDim (emu_t->bdim)
#define gridDim (emu_t->gdim)
#define warpSize 32
#define printf emu_printf
#define assert(c) ((c) ? (void)0 : emu_fail(emu_t, "assert(" #c ")", __FILE__, __LINE__))
#define __trap() emu_fail(emu_t, "__trap", __FILE__, __LINE__)
