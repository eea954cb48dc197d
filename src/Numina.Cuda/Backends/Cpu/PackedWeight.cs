namespace Numina.Cuda.Backends.Cpu;

/// <summary>How the elements of a panel are stored.</summary>
internal enum PanelFormat
{
    /// <summary>Codes minus 128.</summary>
    Int8,

    /// <summary>Codes minus 8; the first sixteen outputs in the low halves of the bytes.</summary>
    Int4,
    Float16,
    BFloat16,
    Float32,
}

/// <summary>How the scales of a panel's groups are stored.</summary>
internal enum ScaleFormat
{
    None,
    Float16,
    Float32,
}

/// <summary>
/// One stacked part of a linear layer in panels of 32 outputs. A panel holds its groups one after another: 32 zero points (I16, when any differs from the
/// middle code), 32 scales, then for each of the group's input features 32 elements. So a pass over a panel is one stream, vector lanes are outputs, and each
/// output is one chain of multiply-adds over k: its bits cannot depend on the batch.
/// </summary>
internal sealed class PackedPart
{
    /// <summary>Outputs of a panel.</summary>
    public const int PanelWidth = 32;

    public required PanelFormat Format { get; init; }

    public required ScaleFormat Scales { get; init; }

    public required bool HasZeros { get; init; }

    /// <summary>N of this part.</summary>
    public required int Outputs { get; init; }

    /// <summary>Column of the output row that this part's first output is.</summary>
    public required int FirstOutput { get; init; }

    /// <summary>Input features in each group, in packed order. No group is empty.</summary>
    public required int[] GroupSizes { get; init; }

    /// <summary>Input feature at each packed position; null when they are in order.</summary>
    public required int[]? Order { get; init; }

    public required Buffer Data { get; init; }

    public required long PanelBytes { get; init; }

    /// <summary>Panels; the last may be partly filled.</summary>
    public int Panels => (Outputs + PanelWidth - 1) / PanelWidth;

    public int ZeroBytes => HasZeros ? PanelWidth * 2 : 0;

    public int ScaleBytes => Scales switch { ScaleFormat.None => 0, ScaleFormat.Float16 => PanelWidth * 2, _ => PanelWidth * 4 };

    /// <summary>Bytes of the elements of one input feature.</summary>
    public int FeatureBytes => BytesOfFeature(Format);

    /// <summary>Where panel <paramref name="index"/> begins.</summary>
    public unsafe byte* Panel(int index) => (byte*)Data.Pointer + index * PanelBytes;

    public static int BytesOfFeature(PanelFormat format) => format switch
    {
        PanelFormat.Int4 => PanelWidth / 2,
        PanelFormat.Int8 => PanelWidth,
        PanelFormat.Float32 => PanelWidth * 4,
        _ => PanelWidth * 2,
    };
}

/// <summary>A linear layer packed for <see cref="MatMul"/>.</summary>
internal sealed class PackedWeight(PackedPart[] parts, int inFeatures, float[]? bias) : LinearWeight
{
    public PackedPart[] Parts { get; } = parts;

    public float[]? Bias { get; } = bias;

    public override int InFeatures { get; } = inFeatures;

    public override int OutFeatures { get; } = parts.Sum(part => part.Outputs);

    public override long ByteLength { get; } = parts.Sum(part => part.Data.ByteLength) + (bias?.Length ?? 0) * sizeof(float);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (PackedPart part in Parts)
            {
                part.Data.Dispose();
            }
        }
    }
}
