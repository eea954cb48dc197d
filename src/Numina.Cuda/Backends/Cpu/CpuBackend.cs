using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>
/// The operations on the host's SIMD units, in F32. Work is done when a call returns. Results do not depend on the number of threads nor on the instruction
/// set, bit for bit.
/// </summary>
public sealed unsafe class CpuBackend : IBackend
{
    private readonly WorkerPool _pool;
    private readonly WeightPacker _packer;
    private readonly RowKernels _rows;
    private readonly MatMul _matMul;
    private readonly Attention _attention;
    private readonly Sampler _sampler;

    public CpuBackend(CpuOptions options)
    {
        CpuInstructionSet set = options.InstructionSet ?? Widest();
        if (!IsSupported(set))
        {
            throw new PlatformNotSupportedException($"this machine has no {set}");
        }

        _pool = new WorkerPool(options.Threads);
        (_rows, AttentionKernels attention, MatMulKernels matMul) = set switch
        {
            CpuInstructionSet.Avx512 => Kernels<Lanes512>(new WideMatMulKernels<Lanes512>(), wide: true),
            CpuInstructionSet.Avx2 => Kernels<Lanes256>(new NarrowMatMulKernels<Lanes256>(), wide: false),
            _ => Kernels<Lanes128>(new NarrowMatMulKernels<Lanes128>(), wide: false),
        };
        _packer = new WeightPacker(_pool);
        _matMul = new MatMul(_pool, matMul);
        _attention = new Attention(_pool, _rows, attention);
        _sampler = new Sampler(_pool, _rows);
        Name = $"CPU, {set}, {options.Threads} {(options.Threads == 1 ? "thread" : "threads")}";
    }

    public string Name { get; }

    public DType ActivationType => DType.F32;

    public DType KvType => DType.F32;

    /// <summary>True when this machine can run the kernels of <paramref name="set"/>.</summary>
    public static bool IsSupported(CpuInstructionSet set) => set switch
    {
        CpuInstructionSet.Avx512 => Lanes512.IsSupported,
        CpuInstructionSet.Avx2 => Lanes256.IsSupported,
        _ => Lanes128.IsSupported,
    };

    public Buffer Allocate(long byteLength) => new HostBuffer(byteLength);

    public void Upload(Tensor destination, ReadOnlySpan<byte> source)
    {
        CheckLength(destination, source.Length);
        source.CopyTo(destination.AsBytes());
    }

    public void Download(Span<byte> destination, Tensor source)
    {
        CheckLength(source, destination.Length);
        source.AsBytes().CopyTo(destination);
    }

    /// <summary>Panels take input features in any order of groups, so every weight takes its input as the checkpoint has it.</summary>
    public LinearWeight LoadLinear(IReadOnlyList<WeightMatrix> parts, float[]? bias, LinearOrder order = default) => _packer.Pack(parts, bias);

    public Buffer LoadTable(Tensor table) => new BorrowedBuffer(table.Pointer, table.ByteLength);

    public void Embed(Tensor table, Tensor tokens, Tensor output)
    {
        Check(output, tokens.Shape[0], table.Shape[1], nameof(output));
        var job = new EmbedJob(table, tokens, output);
        _pool.Run(ref job, job.Items);
    }

    public void RmsNorm(Tensor input, Tensor weight, float epsilon, Tensor output, LinearWeight? reader = null)
    {
        Check(output, input.Shape[0], input.Shape[1], nameof(output));
        Norm(new NormJob(_rows, input, null, weight, epsilon, output));
    }

    public void AddRmsNorm(Tensor residual, Tensor delta, Tensor weight, float epsilon, Tensor output, LinearWeight? reader = null)
    {
        Check(delta, residual.Shape[0], residual.Shape[1], nameof(delta));
        Check(output, residual.Shape[0], residual.Shape[1], nameof(output));
        Norm(new NormJob(_rows, residual, delta, weight, epsilon, output));
    }

    public void MatMul(LinearWeight weight, Tensor input, Tensor output)
    {
        Check(input, input.Shape[0], weight.InFeatures, nameof(input));
        Check(output, input.Shape[0], weight.OutFeatures, nameof(output));
        _matMul.Run((PackedWeight)weight, input, output);
    }

    public void RopeStoreKv(Tensor qkv, int heads, Tensor cosSin, in AttentionBatch batch, Tensor keys, Tensor values)
    {
        Check(qkv, batch.Tokens, (heads + 2 * keys.Shape[1]) * keys.Shape[3], nameof(qkv));
        _attention.RopeStoreKv(qkv, heads, cosSin, batch, keys, values);
    }

    public void Attention(Tensor qkv, int heads, float scale, Tensor keys, Tensor values, in AttentionBatch batch, Tensor output)
    {
        Check(qkv, batch.Tokens, (heads + 2 * keys.Shape[1]) * keys.Shape[3], nameof(qkv));
        Check(output, batch.Tokens, heads * keys.Shape[3], nameof(output));
        _attention.Run(qkv, heads, scale, keys, values, batch, output);
    }

    public void SwiGlu(Tensor gateUp, Tensor output)
    {
        Check(gateUp, output.Shape[0], 2 * output.Shape[1], nameof(gateUp));
        var job = new SwiGluJob(_rows, gateUp, output);
        _pool.Run(ref job, job.Items);
    }

    public void GatherRows(Tensor input, Tensor rows, Tensor output)
    {
        Check(output, rows.Shape[0], input.Shape[1], nameof(output));
        int* indices = (int*)rows.Pointer;
        for (int i = 0; i < rows.Shape[0]; i++)
        {
            input.Rows(indices[i], 1).AsBytes().CopyTo(output.Rows(i, 1).AsBytes());
        }
    }

    public void Sample(Tensor logits, ReadOnlySpan<SamplingRow> rows, Span<SampledToken> sampled)
    {
        Check(logits, rows.Length, logits.Shape[1], nameof(logits));
        _sampler.Run(logits, rows, sampled);
    }

    public void CopyPages(KvCache cache, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        for (int layer = 0; layer < cache.Layout.Layers; layer++)
        {
            for (int i = 0; i < from.Length; i++)
            {
                cache.Keys(layer).Rows(from[i], 1).AsBytes().CopyTo(cache.Keys(layer).Rows(to[i], 1).AsBytes());
                cache.Values(layer).Rows(from[i], 1).AsBytes().CopyTo(cache.Values(layer).Rows(to[i], 1).AsBytes());
            }
        }
    }

    public void Dispose()
    {
        _pool.Dispose();
        _packer.Dispose();
        _matMul.Dispose();
        _attention.Dispose();
    }

    private static (RowKernels, AttentionKernels, MatMulKernels) Kernels<T>(MatMulKernels matMul, bool wide) where T : unmanaged, ILanes<T> =>
        (new RowKernels<T>(), new AttentionKernels<T>(wide), matMul);

    private static CpuInstructionSet Widest() =>
        Lanes512.IsSupported ? CpuInstructionSet.Avx512 : Lanes256.IsSupported ? CpuInstructionSet.Avx2 : CpuInstructionSet.Vector128;

    private void Norm(NormJob job) => _pool.Run(ref job, job.Items);

    private static void Check(Tensor tensor, long rows, long width, string name)
    {
        if (tensor.Type != DType.F32 || tensor.Shape.Rank != 2 || tensor.Shape[0] != rows || tensor.Shape[1] != width)
        {
            throw new ArgumentException($"{name} is {tensor.Type.Name()} {tensor.Shape}, expected F32 [{rows}, {width}]", name);
        }
    }

    private static void CheckLength(Tensor tensor, int bytes)
    {
        if (tensor.ByteLength != bytes)
        {
            throw new ArgumentException($"{bytes} bytes for a tensor of {tensor.ByteLength}");
        }
    }
}
