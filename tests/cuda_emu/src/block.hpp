// A block in flight: its threads are fibers of one host thread (the worker).
#pragma once
#include "common.hpp"
#include "memory.hpp"

namespace emu {

struct uint3 { unsigned x, y, z; };

// As device/thread.h has it.
struct emu_thread {
    uint3 tid, bid, bdim, gdim;
    unsigned in[12], out[4];
    const void* address;
    byte* dynamic_shared;
};

// As device/warp.h numbers them.
enum Operation {
    SYNCWARP, SHFL, SHFL_UP, SHFL_DOWN, SHFL_XOR, BALLOT, MATCH, REDUCE_ADD, REDUCE_MIN, REDUCE_MAX, REDUCE_AND, REDUCE_OR, REDUCE_XOR,
    REDUCE_UMIN, REDUCE_UMAX, MMA_K8, MMA_K16, LDMATRIX, LDMATRIX_TRANSPOSED,
};
extern const char* const operation_names[];

enum State { READY, IN_WARP, IN_BARRIER, EXITED };
enum Order { FORWARD, REVERSE, SHUFFLE };

struct Worker;

struct Thread : emu_thread {
    Worker* worker;
    void* stack_pointer;        // null until the thread begins
    int id, stack, state;
    int operation, argument, line;      // what it waits in
    unsigned mask;
    const char* file;
};

struct Warp { unsigned ready, waiting, syncs; };

// cp.async under way.
struct Copy { void* to; const void* from; int bytes, valid, group; };

// Shadow of one byte of shared memory: who touched it in which interval between barriers.
struct Cell {
    uint32_t write_interval, read_interval, block;
    uint16_t writer, reader, writer_syncs, reader_syncs;
};

const int max_threads = 1024, stack_bytes = 32768;
const size_t dynamic_room = 228 * 1024, static_room = 65536;

struct Worker {
    Thread threads[max_threads];
    Warp warps[32];
    int thread_count, warp_count, at_warp, order;
    int arrived, finished;
    unsigned interval, block_number;
    uint64_t random;

    int barrier_operation, barrier_count, barrier_result, barrier_line;
    const char* barrier_file;

    emu_thread** current;               // the module's emu_t
    void (*run)(const void*);
    alignas(64) byte params[4096];
    void* scheduler_stack;
    bool running;
    const char* kernel;
    uint32_t launch;

    int error;
    string message;
    void* fault_pc;
    uintptr_t fault_address;
    int fault_signal;

    char* stacks;
    vector<int> free_stacks;
    int used_stacks;
    byte *dynamic, *dynamic_end, *shared_start, *shared_end;
    size_t dynamic_bytes;
    vector<Copy> copies[max_threads];
    int copy_groups[max_threads];

    uintptr_t image_start, image_end;   // the module's own data: constants
    Cell* cells;
    Allocation last_hit;

    Thread* running_thread() { return (Thread*)*current; }
};

// The worker of this host thread; null outside a launch.
extern __thread Worker* this_worker __attribute__((tls_model("initial-exec")));

Worker* make_worker();
string describe_thread(Thread* t);

// Ends the block with an error; never returns to the fiber.
[[noreturn]] void fail(Worker* w, int code, const string& what, void* pc = nullptr);

// Lets other threads run until someone makes this one ready.
void wait_for_others(Worker* w, Thread* t);

// Runs all threads of a block to the end, a failure or a deadlock; 0 or the error.
int run_block(Worker* w, uint3 block, int fill, const string& module_path);

// fibers.cpp, in assembly: saves the stack pointer and continues on another stack; emu_pop is the second half.
extern "C" void emu_switch(void** save, void* to);
extern "C" void emu_pop();

unsigned next_random(Worker* w);

// warp_operations.cpp, mma.cpp: the last lane to arrive does the work of all. first is lane 0.
void perform(Worker* w, Thread* first, int operation, unsigned mask, int argument);
void perform_mma(Thread* first, int k, bool bf16);

// EMU_MMA=hardware and EMU_ARCH, read at each launch.
extern bool hardware_sums;
extern int architecture;

// checker.cpp: one access of the running thread. write: 0 read, 1 write, 2 atomic.
void check_access(uintptr_t address, int bytes, int write, void* pc);

// faults.cpp
void install_fault_handler();
void remove_fault_handler();
string describe_fault(Worker* w);
string source_line(void* pc, const string& module_path);

}
