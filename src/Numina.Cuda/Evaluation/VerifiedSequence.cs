using System.Runtime.InteropServices;
using Numina.Cuda.Backends;
using Numina.Cuda.Model;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Evaluation;

/// <summary>One sequence with a cache of its own, computed step by step without the engine around it.</summary>
internal sealed class VerifiedSequence : IDisposable
{
    private readonly Llama _model;
    private readonly KvCache _cache;
    private readonly int[] _pages;
    private int _length;

    /// <param name="model">The model.</param>
    /// <param name="capacity">Tokens that the sequence may reach.</param>
    public VerifiedSequence(Llama model, int capacity)
    {
        _model = model;
        _pages = [.. Enumerable.Range(0, (capacity + model.Limits.PageSize - 1) / model.Limits.PageSize)];
        _cache = new KvCache(model.Backend, model.CacheLayout(_pages.Length));
    }

    /// <summary>Appends tokens and gives their logits, [tokens, V].</summary>
    public float[] Extend(int[] tokens, LayerObserver? observer)
    {
        _length += tokens.Length;
        var step = new SequenceStep { Tokens = tokens, ContextLength = _length, Pages = _pages, Logits = LogitRows.All };
        return Read(_model.Forward(new ForwardBatch([step], []), _cache, observer));
    }

    /// <summary>Copies device values to the host as fp32.</summary>
    public float[] Read(Tensor tensor)
    {
        byte[] bytes = new byte[tensor.ByteLength];
        _model.Backend.Download(bytes, tensor);
        return tensor.Type switch
        {
            DType.F32 => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
            DType.F16 => [.. MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(value => (float)value)],
            DType.BF16 => [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(value => BitConverter.Int32BitsToSingle(value << 16))],
            _ => throw new InvalidOperationException($"values of type {tensor.Type.Name()}"),
        };
    }

    public void Dispose() => _cache.Dispose();
}
