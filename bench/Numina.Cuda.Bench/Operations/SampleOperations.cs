using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Bench.Devices;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Bench.Operations;

/// <summary>Drawing a token for each sequence of a decode step, as the engine does it: settings to the device, tokens back, waiting for them.</summary>
internal sealed class SampleOperations(IBenchDevice device, CpuBackend reference, OperationShape shape)
{
    private readonly int _vocabulary = shape.Config.VocabularySize;

    public IEnumerable<BenchOperation> All() => Draw("sample", 1).Concat(Draw("sample top-p 0.95", 0.95f));

    private IEnumerable<BenchOperation> Draw(string name, float topP)
    {
        int rows = shape.Sequences;
        SamplingRow[] settings = [.. Enumerable.Range(0, rows).Select(i => new SamplingRow { Temperature = 0.8f, TopP = topP, Position = 100 + i, Noise = new NoiseKey(42, 7, (ushort)i, 0) })];
        float[] values = BenchTensors.Numbers(9, (long)rows * _vocabulary, 8);
        double bytes = (double)values.Length * sizeof(float);
        using var tensors = new BenchTensors(device.Backend);
        Tensor[] logits = [.. Enumerable.Range(0, BenchOperation.CopiesFor(device.CacheBytes, bytes)).Select(_ => tensors.Floats(values, new Shape(rows, _vocabulary)))];
        var drawn = new SampledToken[rows];
        yield return new BenchOperation($"{name} [{rows}, {_vocabulary}]", i => device.Backend.Sample(logits[i], settings, drawn), logits.Length)
        {
            Bytes = bytes,
            Waits = true,
            Check = () =>
            {
                device.Backend.Sample(logits[^1], settings, drawn);
                var expected = new SampledToken[rows];
                using var own = new BenchTensors(reference);
                reference.Sample(own.Floats(values, new Shape(rows, _vocabulary)), settings, expected);
                // A token is right or wrong; how probable it is may differ by a rounding.
                return drawn.Select(token => token.Token).SequenceEqual(expected.Select(token => token.Token))
                    ? Difference.Of([.. drawn.Select(token => token.LogProbability)], [.. expected.Select(token => token.LogProbability)])
                    : Difference.Total;
            },
        };
    }
}
