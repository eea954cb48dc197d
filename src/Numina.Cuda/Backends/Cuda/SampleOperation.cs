using System.Runtime.InteropServices;
using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda;

public sealed partial class CudaBackend
{
    public unsafe void Sample(Tensor logits, ReadOnlySpan<SamplingRow> rows, Span<SampledToken> sampled)
    {
        if (logits.Type != DType.F32 || logits.Shape[0] != rows.Length || sampled.Length < rows.Length)
        {
            throw new ArgumentException($"logits {logits.Shape} of {logits.Type.Name()}, {rows.Length} rows, room for {sampled.Length} tokens", nameof(logits));
        }

        var settings = new SampleRowParams[rows.Length];
        var history = new List<int>();
        for (int i = 0; i < rows.Length; i++)
        {
            settings[i] = Settings(rows[i], history);
        }

        int vocabulary = (int)logits.Shape[1], maskWords = history.Count == 0 ? 0 : (vocabulary + 31) / 32;
        int settingsBytes = rows.Length * sizeof(SampleRowParams), resultBytes = rows.Length * sizeof(SampledToken), maskBytes = maskWords * sizeof(uint);
        nint lists = _lists.Reserve(settingsBytes + resultBytes + (long)history.Count * sizeof(int));
        nint results = lists + settingsBytes, tokens = results + resultBytes;
        Scratch<SampleRowParams>(settings, lists);
        Scratch<int>(CollectionsMarshal.AsSpan(history), tokens);
        _kernels.Get<SampleParams>("sample").Launch(
            new LaunchShape(rows.Length, 1, 1, 256, maskBytes),
            new SampleParams { Logits = logits.Pointer, Rows = lists, History = tokens, Sampled = results, Vocabulary = vocabulary, MaskWords = maskWords });
        _staging.Download(MemoryMarshal.AsBytes(sampled[..rows.Length]), results);
        for (int i = 0; i < rows.Length; i++)
        {
            if (sampled[i].Token < 0)
            {
                throw new LogitsException(i, sampled[i].LogProbability);
            }
        }
    }

    private static SampleRowParams Settings(in SamplingRow row, List<int> history)
    {
        var settings = new SampleRowParams
        {
            Temperature = row.Temperature,
            TopP = row.TopP == 0 ? 1 : row.TopP,
            MinP = row.MinP,
            Penalty = row.RepetitionPenalty,
            TopK = row.TopK,
            Position = row.Position,
            HistoryStart = history.Count,
            KeyLow = (uint)row.Noise.Seed,
            KeyHigh = (uint)(row.Noise.Seed >> 32),
            Stream = row.Noise.Trace | (uint)row.Noise.Generation << 16,
            Problem = row.Noise.Problem,
        };
        if (row.RepetitionPenalty is not (0 or 1))
        {
            history.AddRange(row.History.Span);
            settings.HistoryCount = history.Count - settings.HistoryStart;
        }

        return settings;
    }
}
