// The device and its context, as the driver describes them.
#include "launch.hpp"

namespace emu {

static int context;

int shared_limit() { return architecture == 75 ? 65536 : architecture == 80 ? 166912 : architecture < 90 ? 101376 : 232448; }

API int cuInit(unsigned) {
    checking = option_number("EMU_CHECK", 0);
    architecture = option_number("EMU_ARCH", 80);
    return OK;
}

// EMU_DEVICES=0 hides the device from whoever only asks whether there is one.
API int cuDeviceGetCount(int* count) { *count = option_number("EMU_DEVICES", 1); return OK; }
API int cuDeviceGet(int* device, int ordinal) { *device = 0; return ordinal ? INVALID_DEVICE : OK; }

API int cuDeviceGetName(char* name, int room, int) {
    snprintf(name, room, "CUDA emulator sm_%d", architecture);
    return OK;
}

API int cuDeviceTotalMem_v2(size_t* bytes, int) {
    *bytes = size_t(memory_limit_mb()) << 20;
    return OK;
}

API int cuDeviceGetAttribute(int* value, int attribute, int) {
    switch (attribute) {
    case 16: *value = 4; return OK;                         // multiprocessors
    case 38: *value = 65536; return OK;                     // bytes of second-level cache
    case 75: *value = architecture / 10; return OK;         // compute capability, major
    case 76: *value = architecture % 10; return OK;         // and minor
    case 97: *value = shared_limit(); return OK;            // shared memory a block may opt into
    case 115: *value = 1; return OK;                        // stream-ordered allocation
    default: return report(INVALID_VALUE, format("cuDeviceGetAttribute: the emulator does not know attribute %d", attribute));
    }
}

// The pool has no settings that matter here.
API int cuDeviceGetDefaultMemPool(void** pool, int) { *pool = &context; return OK; }
API int cuMemPoolSetAttribute(void*, int, void*) { return OK; }

API int cuDevicePrimaryCtxRetain(void** out, int) { *out = &context; return OK; }
API int cuCtxSetCurrent(void*) { return OK; }

}
