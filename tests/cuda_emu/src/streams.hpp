// Queued work, for every API that has some.
#pragma once
#include "common.hpp"
#include <functional>

namespace emu {

struct Stream;
typedef std::function<int()> Work;

// The one way to the device: record, put off, or do.
int submit(Stream* s, Work work);

}
