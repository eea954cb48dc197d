// Signals raised by a kernel's code become CUDA errors; another thread's go to the handler that was there before (.NET turns some of its
// own into exceptions).
#include "block.hpp"
#include <dlfcn.h>
#include <signal.h>
#include <ucontext.h>

namespace emu {

// SIGXCPU is the watchdog's.
static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGXCPU};
static const int signal_count = sizeof signals / sizeof *signals;
static struct sigaction before[signal_count];

static void on_signal(int signal, siginfo_t* info, void* context) {
    Worker* w = this_worker;
    if (w && w->running) {              // leave the handler into the scheduler, as if the fiber had switched to it
        greg_t* registers = ((ucontext_t*)context)->uc_mcontext.gregs;
        w->fault_signal = signal;
        w->fault_address = (uintptr_t)info->si_addr;
        w->fault_pc = (void*)registers[REG_RIP];
        w->error = signal == SIGXCPU ? LAUNCH_TIMEOUT : signal == SIGILL ? ILLEGAL_INSTRUCTION : signal == SIGFPE ? LAUNCH_FAILED : ILLEGAL_ADDRESS;
        registers[REG_RSP] = (greg_t)w->scheduler_stack;
        registers[REG_RIP] = (greg_t)emu_pop;
        return;
    }
    if (signal == SIGXCPU) return;      // the block ended meanwhile
    for (int i = 0; i < signal_count; i++) if (signals[i] == signal) {
        if (before[i].sa_flags & SA_SIGINFO) before[i].sa_sigaction(signal, info, context);
        else sigaction(signal, &before[i], nullptr);
    }
}

void install_fault_handler() {
    struct sigaction action = {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (int i = 0; i < signal_count; i++) sigaction(signals[i], &action, &before[i]);
}

void remove_fault_handler() {
    for (int i = 0; i < signal_count; i++) sigaction(signals[i], &before[i], nullptr);
}

static string fault_text(Worker* w) {
    uintptr_t a = w->fault_address;
    if (w->fault_signal == SIGXCPU) return "still running after EMU_TIMEOUT seconds (an endless loop, or a wait for another warp or block)";
    if (w->fault_signal == SIGILL) return "undefined behaviour (index, shift, overflow or misaligned access)";
    if (w->fault_signal == SIGFPE) return "integer division by zero";
    if (a - (uintptr_t)w->stacks < size_t(max_threads) * stack_bytes) return "stack overflow (local memory)";
    uintptr_t dynamic_start = (uintptr_t)w->dynamic_end - dynamic_room - page_bytes;
    if (a >= dynamic_start && a < (uintptr_t)w->dynamic_end + page_bytes) return "access outside dynamic shared memory";
    if (a - device_space_start < device_space) return format("illegal access to %#lx, %s", a, describe_address(a).c_str());
    return format("illegal access to %#lx (a wild or misaligned address)", a);
}

string describe_fault(Worker* w) { return fault_text(w) + "; " + describe_thread(w->running_thread()); }

string source_line(void* pc, const string& module_path) {
    Dl_info image;
    if (!pc || !dladdr(pc, &image)) return "";
    string line, command = format("addr2line -e '%s' %#lx 2>/dev/null", module_path.c_str(), (uintptr_t)pc - (uintptr_t)image.dli_fbase - 1);
    if (FILE* out = popen(command.c_str(), "r")) {
        char buffer[512];
        if (fgets(buffer, sizeof buffer, out)) {
            line = buffer;
            line = line.substr(0, line.find_first_of(" \n"));
        }
        pclose(out);
    }
    return line.empty() || line[0] == '?' ? "" : string(" at ") + base_name(line.c_str());
}

}
