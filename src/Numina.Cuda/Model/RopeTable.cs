using Numina.Cuda.Weights;

namespace Numina.Cuda.Model;

/// <summary>
/// Angles of the rotary position embedding in all of Hugging Face's variants (transformers' modeling_rope_utils). Frequencies and angles are rounded to fp32 where
/// transformers rounds them, for at position 4,096 the rounding of an angle shows in the logits.
/// </summary>
public sealed class RopeTable
{
    private readonly RopeScaling _scaling;
    private readonly int _maxPositions;
    private readonly float[] _inverseFrequencies;

    public RopeTable(ModelConfig config)
    {
        _scaling = config.Rope;
        _maxPositions = config.MaxPositions;
        HeadDim = config.HeadDim;
        AttentionFactor = _scaling.Kind == RopeKind.Yarn ? YarnAttentionFactor(_scaling) : 1;
        _inverseFrequencies = _scaling.Kind switch
        {
            RopeKind.Default => Powers(_scaling.Theta, HeadDim),
            RopeKind.Linear => [.. Powers(_scaling.Theta, HeadDim).Select(frequency => frequency / _scaling.Factor)],
            RopeKind.Dynamic => DynamicFrequencies(_maxPositions),
            RopeKind.Llama3 => [.. Powers(_scaling.Theta, HeadDim).Select(Llama3Frequency)],
            RopeKind.Yarn => YarnFrequencies(),
            _ => throw new InvalidOperationException($"rope kind {_scaling.Kind}"),
        };
    }

    /// <summary>Width of a row: HeadDim / 2 cosines, then as many sines.</summary>
    public int HeadDim { get; }

    /// <summary>yarn's factor on cosines and sines, else 1.</summary>
    public float AttentionFactor { get; }

    /// <summary>Angles depend on the sequence's length at the time a token was written (dynamic NTK), not on the position alone.</summary>
    public bool DependsOnLength => _scaling.Kind == RopeKind.Dynamic;

    /// <summary>
    /// The length that decides a token's angles, given the sequence's <paramref name="length"/> when the token was written. Lengths with equal angles give equal results,
    /// so that keys may be shared whenever these are equal.
    /// </summary>
    public int EffectiveLength(int length) => DependsOnLength ? Math.Max(length, _maxPositions) : 0;

    /// <summary>[HeadDim / 2] radians a position for a token written when its sequence was <paramref name="length"/> tokens long. The caller must not write to it.</summary>
    public float[] InverseFrequencies(int length) =>
        DependsOnLength && length > _maxPositions ? DynamicFrequencies(length) : _inverseFrequencies;

    /// <summary>Fills a row [HeadDim] with the cosines and sines of one position.</summary>
    public void FillRow(int position, ReadOnlySpan<float> inverseFrequencies, Span<float> row)
    {
        int half = HeadDim / 2;
        for (int i = 0; i < half; i++)
        {
            (double sine, double cosine) = Math.SinCos(position * inverseFrequencies[i]);
            row[i] = (float)cosine * AttentionFactor;
            row[half + i] = (float)sine * AttentionFactor;
        }
    }

    private float[] DynamicFrequencies(int length)
    {
        double stretch = _scaling.Factor * (double)length / _maxPositions - (_scaling.Factor - 1);
        return Powers(_scaling.Theta * Math.Pow(stretch, HeadDim / (HeadDim - 2.0)), HeadDim);
    }

    private float Llama3Frequency(float frequency)
    {
        float wavelength = 2 * MathF.PI / frequency;
        float low = _scaling.LowFrequencyFactor, high = _scaling.HighFrequencyFactor;
        if (wavelength < _scaling.OriginalMaxPositions / high)
        {
            return frequency;
        }

        if (wavelength > _scaling.OriginalMaxPositions / low)
        {
            return frequency / _scaling.Factor;
        }

        float smooth = (_scaling.OriginalMaxPositions / wavelength - low) / (high - low);
        return (1 - smooth) * frequency / _scaling.Factor + smooth * frequency;
    }

    /// <summary>Interpolated low frequencies, original high ones, and a ramp between them (YaRN, arXiv 2309.00071, section 3.2).</summary>
    private float[] YarnFrequencies()
    {
        double low = YarnDimension(_scaling.BetaFast), high = YarnDimension(_scaling.BetaSlow);
        if (_scaling.Truncate)
        {
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        }

        (low, high) = (Math.Max(low, 0), Math.Min(high, HeadDim - 1));
        double width = low == high ? 0.001 : high - low;
        float[] frequencies = Powers(_scaling.Theta, HeadDim);
        for (int i = 0; i < frequencies.Length; i++)
        {
            float interpolated = (float)Math.Clamp((i - low) / width, 0, 1);
            frequencies[i] = frequencies[i] / _scaling.Factor * interpolated + frequencies[i] * (1 - interpolated);
        }

        return frequencies;
    }

    /// <summary>The dimension whose frequency turns <paramref name="rotations"/> times within the original context.</summary>
    private double YarnDimension(double rotations) =>
        HeadDim * Math.Log(_scaling.OriginalMaxPositions / (rotations * 2 * Math.PI)) / (2 * Math.Log(_scaling.Theta));

    private static float YarnAttentionFactor(RopeScaling scaling)
    {
        if (scaling.AttentionFactor is { } stated)
        {
            return stated;
        }

        return scaling is { MScale: { } mScale and not 0, MScaleAllDim: { } allDim and not 0 }
            ? (float)(Magnitude(mScale) / Magnitude(allDim))
            : (float)Magnitude(1);

        double Magnitude(double mScale) => scaling.Factor <= 1 ? 1 : 0.1 * mScale * Math.Log(scaling.Factor) + 1;
    }

    /// <summary>theta^(-2 i / dim) for i below dim / 2.</summary>
    private static float[] Powers(double theta, int dim) =>
        [.. Enumerable.Range(0, dim / 2).Select(i => 1 / (float)Math.Pow(theta, (float)(2 * i) / dim))];
}
