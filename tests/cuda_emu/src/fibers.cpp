// The fiber switch, the choice of the next thread and the life of a block.
#include "block.hpp"
#include <sys/mman.h>

#if !defined(__x86_64__)
#error "the context switch is written for x86-64"
#endif
// Callee-saved registers only: 10 ns. vzeroupper, or SSE code of libm would run on dirty AVX registers.
asm(R"(
.text
.hidden emu_switch
.hidden emu_pop
.globl emu_switch
.globl emu_pop
.type emu_switch,@function
emu_switch:
    vzeroupper
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp,(%rdi)
    movq %rsi,%rsp
.type emu_pop,@function
emu_pop:
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
)");

namespace emu {

__thread Worker* this_worker;

unsigned next_random(Worker* w) {
    w->random = w->random * 6364136223846793005ull + 1442695040888963407ull;
    return unsigned(w->random >> 33);
}

static int pick_lane(Worker* w, unsigned ready) {
    if (w->order == REVERSE) return 31 - __builtin_clz(ready);
    if (w->order == FORWARD) return __builtin_ctz(ready);
    unsigned shift = next_random(w) & 31, turned = shift ? ready >> shift | ready << (32 - shift) : ready;
    return (__builtin_ctz(turned) + shift) & 31;
}

// Stays in a warp as long as it can run; the order is a test setting.
static Thread* next_thread(Worker* w) {
    for (int i = 0; i < w->warp_count; i++) {
        int k = ((w->order == REVERSE ? w->at_warp - i : w->at_warp + i) + w->warp_count) % w->warp_count;
        if (!w->warps[k].ready) continue;
        int lane = pick_lane(w, w->warps[k].ready);
        w->warps[k].ready &= ~(1u << lane);
        w->at_warp = w->order == SHUFFLE && next_random(w) % 4 == 0 ? next_random(w) % w->warp_count : k;
        return &w->threads[k * 32 + lane];
    }
    return nullptr;
}

static void fiber_main();

static void give_stack(Worker* w, Thread* t) {
    if (w->free_stacks.empty()) {
        if (mprotect(w->stacks + size_t(w->used_stacks) * stack_bytes, page_bytes, PROT_NONE)) abort();
        w->free_stacks.push_back(w->used_stacks++);
    }
    t->stack = w->free_stacks.back();
    w->free_stacks.pop_back();
    uintptr_t top = (uintptr_t)w->stacks + size_t(t->stack + 1) * stack_bytes - 64;
    top -= (t->stack % 31) * 128;       // staggered: tops at equal offsets would share cache sets
    void** stack = (void**)(top & ~uintptr_t(15));
    *--stack = nullptr;
    *--stack = (void*)fiber_main;
    t->stack_pointer = stack - 6;
}

static void switch_to(Worker* w, void** save, Thread* next) {
    if (!next) {
        emu_switch(save, w->scheduler_stack);
        return;
    }
    if (!next->stack_pointer) give_stack(w, next);
    *w->current = next;
    emu_switch(save, next->stack_pointer);
}

static void fiber_main() {
    Worker* w = this_worker;
    for (;;) {
        w->run(w->params);
        Thread* t = w->running_thread();
        t->state = EXITED;
        w->finished++;
        Thread* next = next_thread(w);
        if (next && !next->stack_pointer) {     // it begins on this stack: no switch
            next->stack = t->stack;
            next->stack_pointer = t->stack_pointer;
            *w->current = next;
            continue;
        }
        w->free_stacks.push_back(t->stack);
        void* gone;
        switch_to(w, &gone, next);
    }
}

void wait_for_others(Worker* w, Thread* t) { switch_to(w, &t->stack_pointer, next_thread(w)); }

void fail(Worker* w, int code, const string& what, void* pc) {
    w->error = code;
    w->message = what + "; " + describe_thread(w->running_thread());
    w->fault_pc = pc;
    void* gone;
    emu_switch(&gone, w->scheduler_stack);
    abort();
}

string describe_thread(Thread* t) {
    return format("kernel %s, block (%u,%u,%u), thread (%u,%u,%u)", t->worker->kernel, t->bid.x, t->bid.y, t->bid.z, t->tid.x, t->tid.y, t->tid.z);
}

Worker* make_worker() {
    Worker* w = new (reserve(sizeof(Worker), true)) Worker();
    w->stacks = (char*)reserve(size_t(max_threads) * stack_bytes, true);
    byte* dynamic = reserve(dynamic_room + 2 * page_bytes, false) + page_bytes;
    if (mprotect(dynamic, dynamic_room, PROT_READ | PROT_WRITE)) abort();
    w->dynamic_end = dynamic + dynamic_room;
    w->cells = zeroed<Cell>(static_room + dynamic_room);
    return w;
}

static bool same_wait(const Thread& a, const Thread& b) {
    if (a.state != b.state) return false;
    if (a.state == EXITED) return true;
    return a.line == b.line && (a.state == IN_BARRIER || (a.operation == b.operation && a.mask == b.mask));
}

static string describe_wait(const Thread& t) {
    if (t.state == EXITED) return "have returned";
    if (t.state == IN_BARRIER) return format("wait in __syncthreads at %s:%d", base_name(t.file), t.line);
    return format("wait in %s(mask %08x) at %s:%d", operation_names[t.operation], t.mask, base_name(t.file), t.line);
}

static string describe_deadlock(Worker* w) {
    const uint3& b = w->threads[0].bid;
    string text = format("deadlock in kernel %s, block (%u,%u,%u):", w->kernel, b.x, b.y, b.z);
    int shown = 0;
    for (int k = 0; k < w->warp_count; k++) {
        Thread* first = &w->threads[k * 32];
        for (unsigned done = 0; done != ~0u && shown < 8; shown++) {
            const Thread& a = first[__builtin_ctz(~done)];
            unsigned alike = 0;
            for (int i = 0; i < 32; i++) if (same_wait(first[i], a)) alike |= 1u << i;
            done |= alike;
            text += format("\n  warp %d lanes %08x: %s", k, alike, describe_wait(a).c_str());
        }
    }
    return text + (shown == 8 ? "\n  ..." : "");
}

static void begin_block(Worker* w, uint3 block, int fill) {
    memset(w->shared_start, fill, w->shared_end - w->shared_start);
    memset(w->dynamic, fill, w->dynamic_bytes);
    for (int i = 0; i < w->thread_count; i++) {
        Thread& t = w->threads[i];
        t.bid = block;
        t.stack_pointer = nullptr;
        t.state = READY;
        w->copy_groups[i] = 0;
        w->copies[i].clear();
    }
    for (int i = 0; i < w->warp_count; i++) w->warps[i] = {~0u, 0, 0};
    w->arrived = w->finished = w->error = w->fault_signal = 0;
    w->fault_pc = nullptr;
    w->interval++;
    w->block_number++;
    w->at_warp = w->order == REVERSE ? w->warp_count - 1 : w->order == SHUFFLE ? next_random(w) % w->warp_count : 0;
}

int run_block(Worker* w, uint3 block, int fill, const string& module_path) {
    begin_block(w, block, fill);
    w->running = true;
    switch_to(w, &w->scheduler_stack, next_thread(w));
    w->running = false;
    if (!w->error && w->finished == w->thread_count) return OK;

    w->free_stacks.clear();             // the abandoned fibers' stacks are free again
    for (int i = 0; i < w->used_stacks; i++) w->free_stacks.push_back(i);
    if (!w->error) return report(LAUNCH_TIMEOUT, describe_deadlock(w));
    if (w->fault_signal) w->message = describe_fault(w);
    return report(w->error, w->message + source_line(w->fault_pc, module_path));
}

}
