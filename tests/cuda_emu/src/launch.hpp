#pragma once
#include "block.hpp"

namespace emu {

// As device/thread.h has it.
struct Kernel { void (*run)(const void*); int param_bytes, max_threads; };

// A compiled kernel file: a shared library, loaded once a worker.
struct Module { string path; vector<void*> copies; };

// dynamic_limit: dynamic shared memory that the host asked for with cuFuncSetAttribute.
struct Function { Module* module; string name; const Kernel* kernel; unsigned dynamic_limit; };

// Static and dynamic shared memory of a block whose function asked for no more.
const size_t shared_without_opting_in = 49152;

struct Launch { Function* function; uint3 grid, block; unsigned dynamic_bytes; vector<byte> params; };

int run_launch(const Launch& launch);

// Shared memory that a block may opt into on the emulated architecture.
int shared_limit();

}
