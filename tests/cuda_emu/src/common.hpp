// What every part of the emulator uses: error codes, formatted text, options, the one error report.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>
#define API extern "C" __attribute__((visibility("default")))

namespace emu {

using std::string;
using std::vector;
typedef unsigned char byte;

// CUresult values that the emulator gives.
enum {
    OK = 0, INVALID_VALUE = 1, NO_MEMORY = 2, INVALID_DEVICE = 101, INVALID_IMAGE = 200, NOT_FOUND = 500, ILLEGAL_ADDRESS = 700,
    LAUNCH_TIMEOUT = 702, ASSERT = 710, ILLEGAL_INSTRUCTION = 715, MISALIGNED = 716, LAUNCH_FAILED = 719, CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
};

const size_t page_bytes = 4096;

string format(const char* text, ...) __attribute__((format(printf, 1, 2)));
const char* base_name(const char* path);

// Options are environment variables (see README.md); emu_option sets them from .NET, whose own changes do not reach C.
string option(const char* name, const char* otherwise);
int option_number(const char* name, int otherwise);

// Keeps the text for emu_last_message and returns the code.
int report(int code, const string& text);

// The error that every later call returns, as after a fault on a device; 0 while all is well.
extern int sticky_error;

// EMU_CHECK=1 since the last cuInit: kernels are compiled with access hooks, memory has shadow bytes.
extern bool checking;

byte* reserve(size_t bytes, bool usable);
template <class T> T* zeroed(size_t count) { return (T*)reserve(count * sizeof(T), true); }

}
