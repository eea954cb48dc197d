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

    /// <summary>Parts of the names of modules left unquantised (modules_to_not_convert).</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Ends of the names of the only modules that are quantised (modules_in_block_to_quantize); empty when all are.</summary>
    public IReadOnlyList<string> Included { get; init; } = [];

    /// <summary>Name of the weights file without its extension, where the config gives one (model_file_base_name).</summary>
    public string? FileName { get; init; }

    /// <summary>Whether the file may hold the linear layer <paramref name="module"/> unquantised.</summary>
    public bool MayBeDense(string module) =>
        Excluded.Any(part => module.Contains(part, StringComparison.Ordinal))
        || (Included.Count > 0 && !Included.Any(end => module.EndsWith(end, StringComparison.Ordinal)));
}
