// Modules, functions and launches. Blocks run on threads of the emulator's own, which stay for the next launch: the caller's stack and
// signal stack (.NET's) are left alone.
#include "launch.hpp"
#include "block.hpp"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <dlfcn.h>
#include <elf.h>
#include <fstream>
#include <functional>
#include <link.h>
#include <mutex>
#include <signal.h>
#include <thread>
#include <unistd.h>

namespace emu {

static vector<Worker*>& workers = *new vector<Worker*>;
static vector<Module*>& modules = *new vector<Module*>;
static std::mutex launch_lock;
static uint32_t launches;

// Each worker needs its own __shared__ variables: its own copy of the library.
static void* module_copy(Module* m, size_t i) {
    while (m->copies.size() <= i) {
        string path = m->path + format(".%d.%zu", getpid(), m->copies.size());
        std::ifstream in(m->path, std::ios::binary);
        std::ofstream(path, std::ios::binary) << in.rdbuf();
        void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        unlink(path.c_str());
        if (!handle) {
            report(INVALID_IMAGE, dlerror());
            return nullptr;
        }
        m->copies.push_back(handle);
    }
    return m->copies[i];
}

static int find_image(dl_phdr_info* info, size_t, void* data) {
    Worker* w = (Worker*)data;
    uintptr_t start = info->dlpi_addr, end = start;
    for (int k = 0; k < info->dlpi_phnum; k++) {
        const auto& segment = info->dlpi_phdr[k];
        if (segment.p_type == PT_LOAD) end = std::max<uintptr_t>(end, start + segment.p_vaddr + segment.p_memsz);
    }
    if ((uintptr_t)w->current < start || (uintptr_t)w->current >= end) return 0;
    w->image_start = start;
    w->image_end = end;
    return 1;
}

static int prepare_worker(Worker* w, const Launch& l, void* module, int seed) {
    w->current = ((emu_thread** (*)())dlsym(module, "emu_current"))();
    w->shared_start = (byte*)((char* (*)())dlsym(module, "emu_shared_start"))();
    w->shared_end = (byte*)((char* (*)())dlsym(module, "emu_shared_stop"))();
    size_t shared = w->shared_end - w->shared_start, anchor = 128;
    if (shared + l.dynamic_bytes > std::max(shared_without_opting_in + anchor, shared + l.function->dynamic_limit))
        return report(INVALID_VALUE, format("%s: too much shared memory: static %zu + dynamic %u", l.function->name.c_str(), shared, l.dynamic_bytes));
    w->run = ((const Kernel*)dlsym(module, ("emu_kernel_" + l.function->name).c_str()))->run;
    if (checking) {
        dl_iterate_phdr(find_image, w);
        w->last_hit = Allocation();
    }
    string order = option("EMU_ORDER", "forward");
    w->order = order == "reverse" ? REVERSE : order == "shuffle" ? SHUFFLE : FORWARD;
    w->random = seed;
    w->kernel = l.function->name.c_str();
    w->launch = launches & 0xfff;
    w->dynamic_bytes = l.dynamic_bytes;
    w->dynamic = w->dynamic_end - (l.dynamic_bytes + 15) / 16 * 16;
    w->thread_count = l.block.x * l.block.y * l.block.z;
    w->warp_count = w->thread_count / 32;
    memcpy(w->params, l.params.data(), l.params.size());
    for (int i = 0; i < w->thread_count; i++) {
        Thread& t = w->threads[i];
        t.worker = w;
        t.id = i;
        t.bdim = l.block;
        t.gdim = l.grid;
        t.tid = {i % l.block.x, i / l.block.x % l.block.y, i / l.block.x / l.block.y};
        t.dynamic_shared = w->dynamic;
    }
    return OK;
}

// Calls work(0..n-1) on the emulator's threads; the watchdog signals those that take longer than EMU_TIMEOUT seconds.
static void in_parallel(int n, const std::function<void(int)>& work) {
    static std::mutex& lock = *new std::mutex;          // never destroyed: the threads outlive main
    static std::condition_variable &wake = *new std::condition_variable, &done = *new std::condition_variable;
    static vector<char>& todo = *new vector<char>;
    static vector<pthread_t>& ids = *new vector<pthread_t>;
    static int left;
    static const std::function<void(int)>* job;
    std::unique_lock<std::mutex> guard(lock);
    job = &work;
    left = n;
    for (int i = 0; i < n; i++) {
        if (i < int(todo.size())) {
            todo[i] = 1;
            continue;
        }
        todo.push_back(1);
        ids.push_back({});
        std::thread([i] {
            std::unique_lock<std::mutex> guard(lock);
            ids[i] = pthread_self();
            for (;;) {
                wake.wait(guard, [&] { return todo[i]; });
                todo[i] = 0;
                auto mine = job;
                guard.unlock();
                (*mine)(i);
                guard.lock();
                if (!--left) done.notify_one();
            }
        }).detach();
    }
    wake.notify_all();
    auto timeout = std::chrono::seconds(option_number("EMU_TIMEOUT", 60));
    while (!done.wait_for(guard, timeout, [&] { return !left; })) {
        for (int i = 0; i < n; i++) pthread_kill(ids[i], SIGXCPU);
    }
}

static vector<uint32_t> block_order(size_t blocks, Worker* w) {
    vector<uint32_t> order(blocks);
    for (size_t i = 0; i < blocks; i++) order[i] = uint32_t(w->order == REVERSE ? blocks - 1 - i : i);
    if (w->order == SHUFFLE) for (size_t i = blocks; i > 1; i--) std::swap(order[i - 1], order[next_random(w) % i]);
    return order;
}

int run_launch(const Launch& l) {
    std::lock_guard<std::mutex> guard(launch_lock);
    launches++;
    size_t blocks = size_t(l.grid.x) * l.grid.y * l.grid.z;
    size_t count = checking ? 1 : std::min<size_t>((blocks + 7) / 8, std::max(1, option_number("EMU_WORKERS", 1)));
    int fill = option_number("EMU_FILL", 255), seed = option_number("EMU_SEED", 1);
    hardware_sums = option("EMU_MMA", "exact") == "hardware";
    while (workers.size() < count) workers.push_back(make_worker());
    for (size_t i = 0; i < count; i++) {
        void* module = module_copy(l.function->module, i);
        if (!module) return INVALID_IMAGE;
        if (int error = prepare_worker(workers[i], l, module, seed * 1000003 + int(i))) return error;
    }
    vector<uint32_t> order = block_order(blocks, workers[0]);
    std::atomic<size_t> next{0};
    std::atomic<int> error{OK};
    auto work = [&](int i) {
        static thread_local vector<char> alternate(65536);      // faults on a fiber's stack are handled on this one
        stack_t stack = {}, old;
        stack.ss_sp = alternate.data();
        stack.ss_size = alternate.size();
        sigaltstack(&stack, &old);
        this_worker = workers[i];
        for (size_t k; !error && (k = next++) < blocks;) {
            uint32_t b = order[k];
            uint3 block = {b % l.grid.x, b / l.grid.x % l.grid.y, b / l.grid.x / l.grid.y};
            if (int code = run_block(workers[i], block, fill, l.function->module->path)) error = code;
        }
        this_worker = nullptr;
        sigaltstack(&old, nullptr);
    };
    install_fault_handler();
    in_parallel(int(count), work);
    remove_fault_handler();
    if (error) sticky_error = error;
    return error;
}

API int cuModuleLoadData(Module** out, const void* image) {
    const Elf64_Ehdr* header = (const Elf64_Ehdr*)image;
    if (memcmp(header->e_ident, ELFMAG, 4)) return INVALID_IMAGE;
    static std::atomic<int> serial{0};
    Module* m = new Module;
    m->path = format("%s/cuda_emu_%d_%d.so", option("TMPDIR", "/tmp").c_str(), getpid(), serial++);
    size_t bytes = header->e_shoff + size_t(header->e_shentsize) * header->e_shnum;
    std::ofstream(m->path, std::ios::binary).write((const char*)image, bytes);
    if (!module_copy(m, 0)) {
        unlink(m->path.c_str());
        delete m;
        return INVALID_IMAGE;
    }
    modules.push_back(m);
    *out = m;
    return OK;
}

API int cuModuleUnload(Module* m) {
    modules.erase(std::find(modules.begin(), modules.end(), m));
    for (void* handle : m->copies) dlclose(handle);
    unlink(m->path.c_str());
    delete m;
    return OK;
}

__attribute__((destructor)) static void remove_files() {
    for (Module* m : modules) unlink(m->path.c_str());
}

API int cuModuleGetFunction(Function** out, Module* m, const char* name) {
    const Kernel* kernel = (const Kernel*)dlsym(m->copies[0], (string("emu_kernel_") + name).c_str());
    if (!kernel) return NOT_FOUND;
    *out = new Function{m, name, kernel, 0};
    return OK;
}

API int cuFuncSetAttribute(Function* f, int attribute, int value) {
    auto address = [&](const char* symbol) { return ((char* (*)())dlsym(f->module->copies[0], symbol))(); };
    size_t fixed = address("emu_shared_stop") - address("emu_shared_start"), anchor = 128;
    if (attribute != 8 || value < 0 || fixed + value > size_t(shared_limit()) + anchor)
        return report(INVALID_VALUE, format("cuFuncSetAttribute %s: attribute %d, %d bytes beside %zu", f->name.c_str(), attribute, value, fixed - anchor));
    f->dynamic_limit = value;
    return OK;
}

}
