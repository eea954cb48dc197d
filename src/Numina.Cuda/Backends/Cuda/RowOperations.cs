using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Backends.Cuda.Weights;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda;

// Operations on whole rows: embedding, norms, SwiGLU, gathers, page copies.
public sealed partial class CudaBackend
{
    public void Embed(Tensor table, Tensor tokens, Tensor output)
    {
        ExpectActivations(output);
        _kernels.Get<EmbedParams>("embed", _element, ("TABLE", KernelVariant.TypeName(table.Type))).Launch(
            new LaunchShape(tokens.Count, 128),
            new EmbedParams { Table = table.Pointer, Tokens = tokens.Pointer, Output = output.Pointer, Width = (int)table.Shape[1] });
    }

    public void RmsNorm(Tensor input, Tensor weight, float epsilon, Tensor output, LinearWeight? reader = null) => Norm(input, default, weight, epsilon, output, reader);

    public void AddRmsNorm(Tensor residual, Tensor delta, Tensor weight, float epsilon, Tensor output, LinearWeight? reader = null) =>
        Norm(delta, residual, weight, epsilon, output, reader);

    private void Norm(Tensor input, Tensor residual, Tensor weight, float epsilon, Tensor output, LinearWeight? reader)
    {
        ExpectActivations(input);
        int width = (int)input.Shape[1], outputWidth = reader?.InputWidth ?? width;
        if (output.Shape[1] != outputWidth)
        {
            throw new ArgumentException($"output {output.Shape} of a norm: its rows are {outputWidth} wide", nameof(output));
        }

        int vector = VectorOf(width, input.Pointer, residual.Pointer, output.Pointer);
        _kernels.Get<RmsNormParams>("rmsnorm", _element, ("RESIDUAL", residual.Pointer == 0 ? 0 : 1), ("VECTOR", vector)).Launch(
            new LaunchShape(input.Shape[0], 256),
            new RmsNormParams
            {
                Input = input.Pointer,
                Residual = residual.Pointer,
                Weight = weight.Pointer,
                Output = output.Pointer,
                Slots = ((CudaLinear?)reader)?.InputSlots ?? 0,
                Epsilon = epsilon,
                Width = width,
                SlotCount = outputWidth,
            });
    }

    public void SwiGlu(Tensor gateUp, Tensor output)
    {
        ExpectActivations(gateUp);
        int width = (int)output.Shape[1], vector = VectorOf(width, gateUp.Pointer, output.Pointer);
        _kernels.Get<SwiGluParams>("swiglu", _element, ("VECTOR", vector)).Launch(
            new LaunchShape(Ceiling(width, 256 * vector), (int)output.Shape[0], 1, 256),
            new SwiGluParams { GateUp = gateUp.Pointer, Output = output.Pointer, Width = width });
    }

    public void GatherRows(Tensor input, Tensor rows, Tensor output)
    {
        ExpectActivations(input);
        _kernels.Get<GatherRowsParams>("gather_rows", _element).Launch(
            new LaunchShape(rows.Count, 128),
            new GatherRowsParams { Input = input.Pointer, Rows = rows.Pointer, Output = output.Pointer, Width = (int)input.Shape[1] });
    }

    public void CopyPages(KvCache cache, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        if (from.Length != to.Length)
        {
            throw new ArgumentException($"{from.Length} pages to copy to {to.Length}", nameof(to));
        }

        if (from.IsEmpty)
        {
            return;
        }

        int[] pages = [.. from, .. to];
        nint list = Scratch<int>(pages, _lists.Reserve(pages.Length * sizeof(int)));
        KvLayout layout = cache.Layout;
        long pageBytes = layout.PageBytes / 2 / layout.Layers;
        (string word, int wordBytes) = pageBytes % 16 == 0 ? ("uint4", 16) : ("u32", 4);
        Kernel<CopyPagesParams> kernel = _kernels.Get<CopyPagesParams>("copy_pages", ("WORD", word));
        int words = (int)(pageBytes / wordBytes);
        var shape = new LaunchShape(Ceiling(words, 256), from.Length, 1, 256);
        for (int layer = 0; layer < layout.Layers; layer++)
        {
            kernel.Launch(shape, new CopyPagesParams { Cache = cache.Keys(layer).Pointer, Pages = list, Count = from.Length, Words = words });
            kernel.Launch(shape, new CopyPagesParams { Cache = cache.Values(layer).Pointer, Pages = list, Count = from.Length, Words = words });
        }
    }
}
