using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda;

/// <summary>
/// NVIDIA's matrix product on the backend's stream: the yardstick that the bench holds <see cref="CudaBackend.MatMul"/> against. The engine does not use it, for the order of its
/// sums depends on the number of rows.
/// </summary>
internal sealed class CublasGemm : IDisposable
{
    private const int DefaultAlgorithm = -1;
    private readonly ContextHandle _context;
    private readonly CublasHandle _handle;

    private CublasGemm(CudaBackend backend)
    {
        _context = backend.Context;
        _handle = new CublasHandle(backend.Context, backend.Stream);
    }

    /// <summary>Throws <see cref="CudaUnavailableException"/>, whose message is one line, where there is no cuBLAS or an unusable one.</summary>
    internal static CublasGemm Open(CudaBackend backend)
    {
        try
        {
            return new CublasGemm(backend);
        }
        catch (DllNotFoundException missing)
        {
            NativeLibraryStatus status = NativeLibraries.Locate(NativeLibraries.Blas);
            throw new CudaUnavailableException(
                $"no cuBLAS: none of {string.Join(", ", status.Tried)} could be loaded; set {NativeLibraries.BlasVariable} to its path", missing);
        }
        catch (Exception unusable) when (unusable is EntryPointNotFoundException or BadImageFormatException)
        {
            throw new CudaUnavailableException($"no usable cuBLAS: {unusable.Message}", unusable);
        }
    }

    /// <summary>output = input weight^T, summed in fp32. input [M, K], weight [N, K], both F16 or both BF16; output [M, N] of their type or F32. Queued, like any operation.</summary>
    internal unsafe void MatMul(Tensor input, Tensor weight, Tensor output)
    {
        long rows = input.Shape[0], inputs = input.Shape[1], outputs = weight.Shape[0];
        if (weight.Shape[1] != inputs || output.Shape[0] != rows || output.Shape[1] != outputs || weight.Type != input.Type)
        {
            throw new ArgumentException(
                $"input {input.Shape} {input.Type.Name()}, weight {weight.Shape} {weight.Type.Name()}, output {output.Shape}: expected [M, K], [N, K] of one type, [M, N]", nameof(input));
        }

        // Column by column, as cuBLAS reads memory, these are weight^T [K, N], input^T [K, M] and output^T [N, M].
        float one = 1, zero = 0;
        _context.MakeCurrent();
        CublasHandle.Check(CublasApi.cublasGemmEx(
            _handle.Value, CublasOperation.Transposed, CublasOperation.AsStored, (int)outputs, (int)rows, (int)inputs,
            &one, weight.Pointer, TypeOf(weight), (int)inputs, input.Pointer, TypeOf(input), (int)inputs,
            &zero, output.Pointer, TypeOf(output), (int)outputs, CublasComputeType.Float32, DefaultAlgorithm));
    }

    public void Dispose() => _handle.Dispose();

    private static CudaDataType TypeOf(Tensor tensor) => tensor.Type switch
    {
        DType.F16 => CudaDataType.Float16,
        DType.BF16 => CudaDataType.BFloat16,
        DType.F32 => CudaDataType.Float32,
        _ => throw new ArgumentException($"cuBLAS does not multiply {tensor.Type.Name()}", nameof(tensor)),
    };
}
