using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Draws a token from each row of logits, rows in parallel. Owns scratch memory for each thread.</summary>
internal sealed unsafe class Sampler(WorkerPool pool, RowKernels kernels)
{
    private readonly SamplingScratch[] _scratch = [.. Enumerable.Range(0, pool.Threads).Select(_ => new SamplingScratch())];
    private SamplingRow[] _rows = [];
    private SampledToken[] _sampled = [];

    public void Run(Tensor logits, ReadOnlySpan<SamplingRow> rows, Span<SampledToken> sampled)
    {
        if (_rows.Length < rows.Length)
        {
            _rows = new SamplingRow[rows.Length];
            _sampled = new SampledToken[rows.Length];
        }

        rows.CopyTo(_rows);
        var job = new SampleJob(kernels, (float*)logits.Pointer, checked((int)logits.Shape[1]), _rows, _sampled, _scratch);
        pool.Run(ref job, rows.Length);
        _sampled.AsSpan(0, rows.Length).CopyTo(sampled);
        Array.Clear(_rows, 0, rows.Length);
    }
}

/// <summary>Arrays of one thread, as long as the vocabulary.</summary>
internal sealed class SamplingScratch
{
    public double[] Scores { get; private set; } = [];

    public double[] KeptScores { get; private set; } = [];

    public int[] Kept { get; private set; } = [];

    public void Fit(int vocabulary)
    {
        if (Scores.Length < vocabulary)
        {
            (Scores, KeptScores, Kept) = (new double[vocabulary], new double[vocabulary], new int[vocabulary]);
        }
    }
}

internal readonly unsafe struct SampleJob(
    RowKernels kernels, float* logits, int vocabulary, SamplingRow[] rows, SampledToken[] sampled, SamplingScratch[] scratch) : IParallelJob
{
    public void Execute(int item, int worker)
    {
        ref readonly SamplingRow row = ref rows[item];
        float* values = logits + (long)item * vocabulary;
        double sum = kernels.SumOfExponentials(values, vocabulary, out float largest);
        if (!double.IsFinite(sum) || !float.IsFinite(largest))
        {
            throw new LogitsException(item, largest);
        }

        SamplingScratch own = scratch[worker];
        own.Fit(vocabulary);
        Span<double> scores = own.Scores.AsSpan(0, vocabulary);
        SamplingFilter.Scale(new ReadOnlySpan<float>(values, vocabulary), row, scores);
        int token = Largest(scores);
        if (row.Temperature != 0)
        {
            token = Draw(row, scores, token, own);
        }

        sampled[item] = new SampledToken(token, (float)(values[token] - largest - Math.Log(sum)));
    }

    private static int Draw(in SamplingRow row, ReadOnlySpan<double> scores, int mostProbable, SamplingScratch own)
    {
        var noise = new GumbelNoise(row);
        if (!SamplingFilter.Drops(row, scores.Length))
        {
            return noise.Draw(scores, mostProbable);
        }

        int count = SamplingFilter.Keep(scores, row, own.Kept, own.KeptScores);
        return noise.Draw(own.Kept.AsSpan(0, count), own.KeptScores.AsSpan(0, count));
    }

    private static int Largest(ReadOnlySpan<double> scores)
    {
        int best = 0;
        for (int token = 1; token < scores.Length; token++)
        {
            best = scores[token] > scores[best] ? token : best;
        }

        return best;
    }
}
