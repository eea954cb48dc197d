// NVRTC: runs g++ on the .cu source with device/cuda_emu.h in front. The "cubin" is the bytes of the shared library.
#include "common.hpp"
#include <atomic>
#include <dlfcn.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace emu {

enum { NVRTC_OK = 0, NVRTC_INVALID_OPTION = 5, NVRTC_COMPILATION = 6 };

struct Program {
    string source, name, log, binary;
    vector<std::pair<string, string>> headers;
};

static string read_file(const string& path) {
    std::ifstream in(path, std::ios::binary);
    return string(std::istreambuf_iterator<char>(in), {});
}

static string library_path() {
    Dl_info info;
    dladdr((void*)library_path, &info);
    char path[4096];
    return realpath(info.dli_fname, path) ? path : info.dli_fname;
}

// -fstack-clash-protection: or a large frame jumps over the guard page. -ffp-contract=off: fused only where the source says fmaf.
static string common_flags() {
    static const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    string flags = " -std=c++17 -fPIC -fno-exceptions -fno-rtti -fno-strict-aliasing -ffp-contract=off -fno-math-errno -fno-trapping-math"
                   " -fvisibility=hidden -fno-threadsafe-statics -fstack-clash-protection -Wall -Wno-unused -Wno-unknown-pragmas"
                   " -Wno-maybe-uninitialized -g1 -O1";
    if (v3) flags += " -march=x86-64-v3";
    if (checking) flags += " -ftrivial-auto-var-init=pattern -fsanitize=thread --param tsan-instrument-func-entry-exit=0";
    if (option_number("EMU_UB", 0))
        flags += " -ftrivial-auto-var-init=pattern -fsanitize=undefined,bounds-strict -fno-sanitize=vptr,return -fsanitize-undefined-trap-on-error";
    return flags;
}

// False for an option that the real NVRTC would not take either.
static bool translate(const string& option, string& flags) {
    if (option.rfind("-D", 0) == 0) flags += " '" + option + "'";
    else if (option.rfind("--gpu-architecture=sm_", 0) == 0) flags += " -D__CUDA_ARCH__=" + option.substr(option.rfind('_') + 1) + "0";
    else return option.rfind("--std=", 0) == 0 || option == "--ptxas-options=-v";
    return true;
}

API int nvrtcVersion(int* major, int* minor) { *major = 12; *minor = 6; return NVRTC_OK; }

API const char* nvrtcGetErrorString(int code) {
    return code == NVRTC_OK ? "NVRTC_SUCCESS" : code == NVRTC_INVALID_OPTION ? "NVRTC_ERROR_INVALID_OPTION" : "NVRTC_ERROR_COMPILATION";
}

API int nvrtcCreateProgram(Program** out, const char* source, const char* name, int n, const char* const* texts, const char* const* names) {
    *out = new Program;
    (*out)->source = source;
    (*out)->name = name;
    for (int i = 0; i < n; i++) (*out)->headers.push_back({names[i], texts[i]});
    return NVRTC_OK;
}

API int nvrtcCompileProgram(Program* p, int n, const char* const* options) {
    string flags = common_flags(), library = library_path(), home = library.substr(0, library.rfind('/'));
    for (int i = 0; i < n; i++) if (!translate(options[i], flags)) {
        p->log = format("unknown option %s", options[i]);
        return NVRTC_INVALID_OPTION;
    }
    static std::atomic<int> serial{0};
    string folder = format("%s/cuda_emu_build_%d_%d", option("TMPDIR", "/tmp").c_str(), getpid(), serial++), sources = folder + "/kernel";
    mkdir(folder.c_str(), 0755);
    mkdir(sources.c_str(), 0755);
    for (auto& header : p->headers) std::ofstream(sources + "/" + header.first) << header.second;
    std::ofstream(sources + "/" + p->name) << p->source;
    string compile = "g++ -c -x c++ -fno-diagnostics-color -include '" + home + "/device/cuda_emu.h'" + flags + " -o ../k.o '" + p->name + "' 2>../log";
    string link = "g++ -shared -o ../k.so ../k.o '" + library + "' 2>>../log";
    int failed = system(("cd '" + sources + "' && " + compile + " && " + link).c_str());
    p->log = read_file(folder + "/log");
    p->binary = read_file(folder + "/k.so");
    int left = system(("rm -rf '" + folder + "'").c_str());
    return failed || left ? NVRTC_COMPILATION : NVRTC_OK;
}

API int nvrtcGetProgramLogSize(Program* p, size_t* bytes) { *bytes = p->log.size() + 1; return NVRTC_OK; }
API int nvrtcGetProgramLog(Program* p, char* out) { memcpy(out, p->log.c_str(), p->log.size() + 1); return NVRTC_OK; }
API int nvrtcGetCUBINSize(Program* p, size_t* bytes) { *bytes = p->binary.size(); return NVRTC_OK; }
API int nvrtcGetCUBIN(Program* p, char* out) { memcpy(out, p->binary.data(), p->binary.size()); return NVRTC_OK; }
API int nvrtcDestroyProgram(Program** p) { delete *p; *p = nullptr; return NVRTC_OK; }

}
