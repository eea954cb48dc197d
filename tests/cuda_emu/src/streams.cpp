// Streams run at once and in order; a captured stream records. EMU_LAZY=1 puts all work off until a synchronising call, which exposes
// missing ones.
#include "launch.hpp"
#include "streams.hpp"
#include <algorithm>
#include <chrono>

namespace emu {

struct Stream { bool capturing = false; vector<Work> graph; };
struct Graph { vector<Work> work; };
struct Event { double at; };
static vector<Work>& pending = *new vector<Work>;
static int capturing;

static double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

static int drain() {
    vector<Work> work;
    work.swap(pending);
    for (Work& w : work) if (int error = w()) return sticky_error = error;
    return sticky_error;
}

static int synchronise() {
    return capturing ? report(CAPTURE_UNSUPPORTED, "a synchronising call while a stream is captured") : drain();
}

int submit(Stream* s, Work work) {
    if (sticky_error) return sticky_error;
    if (s && s->capturing) {
        s->graph.push_back(work);
        return OK;
    }
    if (!s && capturing) return report(CAPTURE_INVALIDATED, "work on the default stream while another is captured");
    if (option_number("EMU_LAZY", 0)) {
        pending.push_back(work);
        return OK;
    }
    return work();
}

API int cuLaunchKernel(Function* f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned dynamic, Stream* s, void** params, void** extra) {
    size_t threads = size_t(bx) * by * bz;
    if (sticky_error) return sticky_error;
    bool grid_fits = gx && gy && gz && gx <= 0x7fffffff && gy <= 65535 && gz <= 65535;
    if (!f || !params || extra || !grid_fits || bz > 64 || !threads || threads > 1024 || dynamic > std::max(unsigned(shared_without_opting_in), f->dynamic_limit))
        return report(INVALID_VALUE, format("cuLaunchKernel %s: grid (%u,%u,%u) block (%u,%u,%u) shared %u", f ? f->name.c_str() : "null", gx, gy, gz, bx, by, bz, dynamic));
    if (threads > size_t(f->kernel->max_threads) || threads % 32)
        return report(INVALID_VALUE, format("cuLaunchKernel %s: %zu threads, but the kernel is declared for at most %d, a multiple of 32", f->name.c_str(), threads, f->kernel->max_threads));
    const byte* first = (const byte*)params[0];
    Launch launch = {f, {gx, gy, gz}, {bx, by, bz}, dynamic, vector<byte>(first, first + f->kernel->param_bytes)};
    return submit(s, [=] { return run_launch(launch); });
}

API int cuStreamCreate(Stream** s, unsigned) { *s = new Stream; return OK; }
API int cuStreamDestroy_v2(Stream* s) { int error = drain(); delete s; return error; }
API int cuStreamSynchronize(Stream*) { return synchronise(); }

API int cuEventCreate(Event** e, unsigned) { *e = new Event(); return OK; }
API int cuEventDestroy_v2(Event* e) { drain(); delete e; return OK; }
API int cuEventRecord(Event* e, Stream* s) { return submit(s, [=] { e->at = now(); return OK; }); }
API int cuEventSynchronize(Event*) { return synchronise(); }
API int cuEventElapsedTime(float* ms, Event* a, Event* b) { *ms = float((b->at - a->at) * 1e3); return OK; }

API int cuStreamBeginCapture_v2(Stream* s, int) {
    if (!s || s->capturing) return CAPTURE_INVALIDATED;
    s->capturing = true;
    s->graph.clear();
    capturing++;
    return OK;
}

API int cuStreamEndCapture(Stream* s, Graph** g) {
    if (!s->capturing) return CAPTURE_INVALIDATED;
    s->capturing = false;
    capturing--;
    *g = new Graph{s->graph};
    s->graph.clear();
    return OK;
}

API int cuGraphInstantiateWithFlags(Graph** out, Graph* g, unsigned long long) { *out = new Graph(*g); return OK; }
API int cuGraphLaunch(Graph* g, Stream* s) {
    return submit(s, [work = g->work] {
        for (const Work& w : work) if (int error = w()) return error;
        return int(OK);
    });
}
API int cuGraphDestroy(Graph* g) { delete g; return OK; }
API int cuGraphExecDestroy(Graph* g) { delete g; return OK; }

static int put(uintptr_t to, const void* from, size_t n) {
    if (int error = check_device_range(to, n, true, "copy to the device")) return error;
    memcpy((void*)to, from, n);
    return OK;
}

static int get(void* to, uintptr_t from, size_t n) {
    if (int error = check_device_range(from, n, false, "copy from the device")) return error;
    memcpy(to, (void*)from, n);
    return OK;
}

static int copy(uintptr_t to, uintptr_t from, size_t n) {
    if (int error = check_device_range(from, n, false, "copy within the device")) return error;
    return put(to, (const void*)from, n);
}

static int fill(uintptr_t to, byte value, size_t n) {
    if (int error = check_device_range(to, n, true, "memset")) return error;
    memset((void*)to, value, n);
    return OK;
}

API int cuMemcpyHtoDAsync_v2(uintptr_t d, const void* h, size_t n, Stream* s) { return submit(s, [=] { return put(d, h, n); }); }
API int cuMemcpyDtoHAsync_v2(void* h, uintptr_t d, size_t n, Stream* s) { return submit(s, [=] { return get(h, d, n); }); }
API int cuMemcpyDtoDAsync_v2(uintptr_t d, uintptr_t from, size_t n, Stream* s) { return submit(s, [=] { return copy(d, from, n); }); }
API int cuMemsetD8Async(uintptr_t d, byte v, size_t n, Stream* s) { return submit(s, [=] { return fill(d, v, n); }); }
API int cuMemFreeHost(void* p) { drain(); free(p); return OK; }

// Allocation in stream order: the memory may be used by work that is queued later, and is gone for work queued after the free.
int free_to_pool(uintptr_t start);
API int cuMemFreeAsync(uintptr_t start, Stream* s) {
    return sticky_error ? free_to_pool(start) : submit(s, [=] { return free_to_pool(start); });
}

API int cuDevicePrimaryCtxRelease_v2(int) {
    drain();
    sticky_error = OK;
    return OK;
}

}
