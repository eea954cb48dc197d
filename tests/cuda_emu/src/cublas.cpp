// cuBLAS: the one product that the bench holds the engine's against. C = alpha op(A) op(B) + beta C, column by column, summed in fp32 in the order of k.
#include "memory.hpp"
#include "streams.hpp"
#include <immintrin.h>

namespace emu {

enum { CUBLAS_OK = 0, CUBLAS_NOT_INITIALIZED = 1, CUBLAS_INVALID_VALUE = 7, CUBLAS_EXECUTION_FAILED = 13, CUBLAS_NOT_SUPPORTED = 15 };
enum { FLOAT = 0, HALF = 2, BFLOAT16 = 14, COMPUTE_FLOAT = 68 };

struct Blas { Stream* stream; };

static const struct { int code; const char *name, *text; } statuses[] = {
    {CUBLAS_OK, "CUBLAS_STATUS_SUCCESS", "success"},
    {CUBLAS_NOT_INITIALIZED, "CUBLAS_STATUS_NOT_INITIALIZED", "the library was not initialized"},
    {CUBLAS_INVALID_VALUE, "CUBLAS_STATUS_INVALID_VALUE", "an unsupported value or parameter was passed to the function"},
    {CUBLAS_EXECUTION_FAILED, "CUBLAS_STATUS_EXECUTION_FAILED", "the GPU program failed to execute"},
    {CUBLAS_NOT_SUPPORTED, "CUBLAS_STATUS_NOT_SUPPORTED", "the functionality requested is not supported"},
};

// A column-major matrix in device memory.
struct Matrix {
    uintptr_t data;
    int type, rows, columns, stride;

    size_t element() const { return type == FLOAT ? 4 : 2; }
    size_t bytes() const { return (size_t(stride) * (columns - 1) + rows) * element(); }

    float get(size_t i) const {
        if (type == FLOAT) return ((const float*)data)[i];
        uint16_t bits = ((const uint16_t*)data)[i];
        if (type == HALF) return _cvtsh_ss(bits);
        uint32_t wide = uint32_t(bits) << 16;
        float value;
        memcpy(&value, &wide, 4);
        return value;
    }

    void set(size_t i, float value) const {
        if (type == FLOAT) { ((float*)data)[i] = value; return; }
        uint16_t* at = (uint16_t*)data + i;
        if (type == HALF) { *at = _cvtss_sh(value, 0); return; }
        uint32_t bits;
        memcpy(&bits, &value, 4);
        *at = value != value ? 0x7fff : uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
};

static int multiply(bool across, bool down, int k, float alpha, const Matrix& a, const Matrix& b, float beta, const Matrix& c) {
    for (const Matrix* m : {&a, &b}) if (int error = check_device_range(m->data, m->bytes(), false, "cublasGemmEx, input")) return error;
    if (int error = check_device_range(c.data, c.bytes(), true, "cublasGemmEx, output")) return error;
    vector<float> column(k);
    for (int j = 0; j < c.columns; j++) {
        for (int l = 0; l < k; l++) column[l] = b.get(down ? size_t(l) * b.stride + j : size_t(j) * b.stride + l);
        for (int i = 0; i < c.rows; i++) {
            float sum = 0;
            for (int l = 0; l < k; l++) sum += a.get(across ? size_t(i) * a.stride + l : size_t(l) * a.stride + i) * column[l];
            size_t at = size_t(j) * c.stride + i;
            c.set(at, alpha * sum + (beta == 0 ? 0 : beta * c.get(at)));     // beta = 0: C may hold anything
        }
    }
    return OK;
}

API int cublasCreate_v2(Blas** out) { *out = new Blas{nullptr}; return CUBLAS_OK; }
API int cublasDestroy_v2(Blas* b) { delete b; return CUBLAS_OK; }
API int cublasSetStream_v2(Blas* b, Stream* s) { b->stream = s; return CUBLAS_OK; }

API int cublasGemmEx(Blas* blas, int ta, int tb, int m, int n, int k, const float* alpha, uintptr_t a, int type_a, int lda, uintptr_t b, int type_b, int ldb,
                     const float* beta, uintptr_t c, int type_c, int ldc, int compute, int algorithm) {
    if (!blas) return CUBLAS_NOT_INITIALIZED;
    Matrix A = {a, type_a, ta ? k : m, ta ? m : k, lda}, B = {b, type_b, tb ? n : k, tb ? k : n, ldb}, C = {c, type_c, m, n, ldc};
    bool transposes = (ta == 0 || ta == 1) && (tb == 0 || tb == 1), fits = lda >= A.rows && ldb >= B.rows && ldc >= m;
    if (!transposes || m < 0 || n < 0 || k < 0 || !fits || !alpha || !beta) {
        report(CUBLAS_INVALID_VALUE, format("cublasGemmEx: op %d %d, m %d n %d k %d, strides %d %d %d", ta, tb, m, n, k, lda, ldb, ldc));
        return CUBLAS_INVALID_VALUE;
    }
    bool types = type_a == type_b && (type_a == HALF || type_a == BFLOAT16) && (type_c == type_a || type_c == FLOAT);
    if (!types || compute != COMPUTE_FLOAT) {
        report(CUBLAS_NOT_SUPPORTED, format("cublasGemmEx: types %d %d %d, compute type %d", type_a, type_b, type_c, compute));
        return CUBLAS_NOT_SUPPORTED;
    }
    if (!m || !n) return CUBLAS_OK;
    float by = *alpha, kept = *beta;
    return submit(blas->stream, [=] { return multiply(ta, tb, k, by, A, B, kept, C); }) ? CUBLAS_EXECUTION_FAILED : CUBLAS_OK;
}

API const char* cublasGetStatusName(int code) {
    for (auto& s : statuses) if (s.code == code) return s.name;
    return "CUBLAS_STATUS_UNKNOWN";
}

API const char* cublasGetStatusString(int code) {
    for (auto& s : statuses) if (s.code == code) return s.text;
    return "unknown status";
}

}
