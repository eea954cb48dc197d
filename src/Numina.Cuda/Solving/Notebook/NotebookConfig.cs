using System.Globalization;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>The published run's configuration, under its own names; the values are the published ones.</summary>
public sealed record NotebookConfig
{
    public string ModelId { get; init; } = "AI-MO/NuminaMath-7B-TIR-GPTQ";

    /// <summary>Width M: samples of one problem.</summary>
    public int NumSamples { get; init; } = 48;

    /// <summary>Depth N: generations of one sample, restarts included.</summary>
    public int NumGenerations { get; init; } = 4;

    /// <summary>Start a failed sample again from the prompt instead of dropping it.</summary>
    public bool RestartOnFail { get; init; } = true;

    public double Temperature { get; init; } = 0.8;

    /// <summary>Tokens of one generation.</summary>
    public int MaxNewTokens { get; init; } = 2048;

    public string ValidationSet { get; init; } = "AI-MO/aimo-validation-amc";

    public bool IsSubmission { get; init; }

    /// <summary>What the notebook takes the quantisation to be: read from the model's name, whatever the checkpoint says.</summary>
    public static string? Quantization(string modelId)
    {
        string name = modelId.ToLowerInvariant();
        return name.Contains("awq", StringComparison.Ordinal) ? "AWQ" : name.Contains("gptq", StringComparison.Ordinal) ? "gptq" : null;
    }

    /// <summary>Any text in KAGGLE_IS_COMPETITION_RERUN makes the run a submission, "0" too.</summary>
    public static bool ReadIsSubmission(string? variable) => !string.IsNullOrEmpty(variable);

    /// <summary>Python's dataclass repr.</summary>
    public override string ToString() =>
        $"Config(model_id={PythonRepr.Of(ModelId)}, num_samples={NumSamples.ToString(CultureInfo.InvariantCulture)}, "
        + $"num_generations={NumGenerations.ToString(CultureInfo.InvariantCulture)}, restart_on_fail={PythonRepr.Of(RestartOnFail)}, "
        + $"temperature={PythonRepr.Of(Temperature)}, max_new_tokens={MaxNewTokens.ToString(CultureInfo.InvariantCulture)}, "
        + $"validation_set={PythonRepr.Of(ValidationSet)}, is_submission={PythonRepr.Of(IsSubmission)})";
}
