using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends;

/// <summary>
/// The operations that a forward pass is made of. Calls are queued in order; <see cref="Download"/> and <see cref="Sample"/> wait for what came before.
/// Each output row depends on its own input row only, bit for bit: not on the batch it is in. One thread at a time.
/// Activations are row-major [tokens, width] of <see cref="ActivationType"/>; norms, rope tables and logits are F32; indices are I32.
/// </summary>
public interface IBackend : IDisposable
{
    /// <summary>For people: device, instruction set, threads.</summary>
    string Name { get; }

    /// <summary>Element type of activations.</summary>
    DType ActivationType { get; }

    /// <summary>Element type of the key-value cache that attention wants.</summary>
    DType KvType { get; }

    /// <summary>Zeroed device memory. Throws <see cref="OutOfMemoryException"/> that states what was asked for and what is free.</summary>
    Buffer Allocate(long byteLength);

    /// <summary>Copies host bytes to the device. The source may be reused when the call returns.</summary>
    void Upload(Tensor destination, ReadOnlySpan<byte> source);

    /// <summary>Waits for the queue, then copies device memory to the host.</summary>
    void Download(Span<byte> destination, Tensor source);

    /// <summary>Repacks weights [N_i, K] for this device, stacked along N in the order given. <paramref name="bias"/> is [sum N_i] F32 in host memory, or null.</summary>
    LinearWeight LoadLinear(IReadOnlyList<WeightMatrix> parts, float[]? bias, LinearOrder order = default);

    /// <summary>The token embedding [V, H] on the device in its stored type. The host view must outlive it: the CPU keeps no copy.</summary>
    Buffer LoadTable(Tensor table);

    /// <summary>output[t] = table[tokens[t]]. table [V, H] F32/F16/BF16, tokens [T], output [T, H].</summary>
    void Embed(Tensor table, Tensor tokens, Tensor output);

    /// <summary>
    /// output[t] = input[t] * weight / sqrt(mean(input[t]^2) + epsilon). [T, H]; weight [H] F32. With a reader, output is [T, reader.InputWidth] in the order it chose.
    /// </summary>
    void RmsNorm(Tensor input, Tensor weight, float epsilon, Tensor output, LinearWeight? reader = null);

    /// <summary>residual += delta, both [T, H], then <see cref="RmsNorm"/> of it into output.</summary>
    void AddRmsNorm(Tensor residual, Tensor delta, Tensor weight, float epsilon, Tensor output, LinearWeight? reader = null);

    /// <summary>output = input W^T + bias. input [T, weight.InputWidth], output [T, N] of the activation type, or F32 (logits).</summary>
    void MatMul(LinearWeight weight, Tensor input, Tensor output);

    /// <summary>
    /// Rotates queries and keys of qkv [T, (heads + 2 kvHeads) * headDim] in place (halves paired as Hugging Face does: i with i + headDim/2) and stores keys and values
    /// at their slots. cosSin [rows, headDim] F32: headDim/2 cosines, then as many sines.
    /// </summary>
    void RopeStoreKv(Tensor qkv, int heads, Tensor cosSin, in AttentionBatch batch, Tensor keys, Tensor values);

    /// <summary>output[t] = softmax(scale q k^T) v over the keys that token t sees. Queries are the first heads * headDim columns of qkv; output [T, heads * headDim].</summary>
    void Attention(Tensor qkv, int heads, float scale, Tensor keys, Tensor values, in AttentionBatch batch, Tensor output);

    /// <summary>output = silu(gate) * up. gateUp [T, 2 I] holds gate, then up; output [T, I].</summary>
    void SwiGlu(Tensor gateUp, Tensor output);

    /// <summary>output[i] = input[rows[i]]. rows [R], output [R, H].</summary>
    void GatherRows(Tensor input, Tensor rows, Tensor output);

    /// <summary>Draws one token from each row of logits [R, V] F32. Waits for the result. Throws <see cref="LogitsException"/> for a row that is no distribution.</summary>
    void Sample(Tensor logits, ReadOnlySpan<SamplingRow> rows, Span<SampledToken> sampled);

    /// <summary>Copies whole pages inside a cache, in every layer: from[i] to to[i].</summary>
    void CopyPages(KvCache cache, ReadOnlySpan<int> from, ReadOnlySpan<int> to);
}
