// Options, the error report and the names of errors.
#include "common.hpp"
#include <cstdarg>
#include <mutex>
#include <sys/mman.h>

namespace emu {

static std::mutex message_lock;
static string last_message;
int sticky_error;
bool checking;

string format(const char* text, ...) {
    char buffer[2048];
    va_list arguments;
    va_start(arguments, text);
    vsnprintf(buffer, sizeof buffer, text, arguments);
    va_end(arguments);
    return buffer;
}

const char* base_name(const char* path) {
    const char* slash = path ? strrchr(path, '/') : nullptr;
    return slash ? slash + 1 : path ? path : "?";
}

string option(const char* name, const char* otherwise) {
    const char* value = getenv(name);
    return value && *value ? value : otherwise;
}

int option_number(const char* name, int otherwise) {
    const char* value = getenv(name);
    return value && *value ? atoi(value) : otherwise;
}

int report(int code, const string& text) {
    std::lock_guard<std::mutex> guard(message_lock);
    last_message = text;
    if (!option_number("EMU_QUIET", 0)) fprintf(stderr, "cuda_emu: error %d: %s\n", code, text.c_str());
    return code;
}

byte* reserve(size_t bytes, bool usable) {
    void* p = mmap(0, bytes, usable ? PROT_READ | PROT_WRITE : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) abort();
    return (byte*)p;
}

static const struct { int code; const char *name, *text; } errors[] = {
    {OK, "CUDA_SUCCESS", "no error"},
    {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {NO_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {LAUNCH_TIMEOUT, "CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"},
    {ASSERT, "CUDA_ERROR_ASSERT", "device-side assert triggered"},
    {ILLEGAL_INSTRUCTION, "CUDA_ERROR_ILLEGAL_INSTRUCTION", "an illegal instruction was encountered"},
    {MISALIGNED, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
    {CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"},
};

API const char* emu_last_message() { return last_message.c_str(); }

API void emu_option(const char* name, const char* value) { setenv(name, value, 1); }

API void emu_reset() {
    sticky_error = OK;
    last_message.clear();
}

API int cuGetErrorName(int code, const char** name) {
    for (auto& e : errors) if (e.code == code) { *name = e.name; return OK; }
    *name = nullptr;
    return INVALID_VALUE;
}

// The emulator knows more than a device does: where, which thread, which lines. It says so in the error's text.
API int cuGetErrorString(int code, const char** text) {
    for (auto& e : errors) if (e.code == code) { *text = code != OK && !last_message.empty() ? last_message.c_str() : e.text; return OK; }
    *text = nullptr;
    return INVALID_VALUE;
}

}
