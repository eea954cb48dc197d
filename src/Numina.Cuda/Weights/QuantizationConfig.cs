namespace Numina.Cuda.Weights;

public enum QuantizationMethod
{
    Gptq,
    Awq,
}

/// <summary>quantization_config of config.json or quantize_config.json, checked against each other.</summary>
public sealed record QuantizationConfig
{
    public required QuantizationMethod Method { get; init; }

    /// <summary>4 or 8.</summary>
    public required int Bits { get; init; }

    /// <summary>Input features of a group; -1: one group a row.</summary>
    public required int GroupSize { get; init; }

    /// <summary>Added to stored zero points: 1 for checkpoint_format gptq (v1), 0 for gptq_v2 and AWQ.</summary>
    public required int ZeroOffset { get; init; }

    /// <summary>sym: zero points are 2^(bits-1). Informative: stored zero points are always read.</summary>
    public required bool Symmetric { get; init; }

    /// <summary>The output head is quantised too.</summary>
    public bool QuantizedHead { get; init; }

    /// <summary>Modules left unquantised (modules_to_not_convert).</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];
}
