using System.Globalization;

namespace Numina.Cuda.Cli.Options;

/// <summary>The settings that may change an answer, as a run's log keeps them: a log is continued only under equal ones.</summary>
internal static class RunSettings
{
    public static IReadOnlyDictionary<string, string> Of(ModelSettings model, SolvingSettings solving, SamplingSettings sampling, string data)
    {
        SortedDictionary<string, string> settings = Always(model, solving, sampling, data);
        if (model.ContextLength > 0)
        {
            settings["context"] = Text(model.ContextLength);
        }

        return settings;
    }

    private static SortedDictionary<string, string> Always(ModelSettings model, SolvingSettings solving, SamplingSettings sampling, string data) => new(StringComparer.Ordinal)
    {
        ["model"] = model.Model is { } folder ? Path.GetFullPath(folder) : "demo",
        ["data"] = data == Demo.ProblemsFile() ? "demo" : Path.GetFullPath(data),
        ["samples"] = Text(solving.Samples),
        ["rounds"] = Text(solving.Rounds),
        ["restart-on-fail"] = Text(solving.RestartOnFail),
        ["compat"] = solving.Notebook ? "notebook" : "none",
        ["restarts"] = Text(solving.Restarts),
        ["accept-no-code"] = Text(solving.AcceptNoCode),
        ["accept-printed-box"] = Text(solving.AcceptPrintedBox),
        ["restart-hallucinated"] = Text(solving.RestartHallucinated),
        ["output-limit"] = Text(solving.OutputLimit),
        ["modulus"] = solving.Modulus is { } modulus ? Text(modulus) : "none",
        ["temperature"] = Text(sampling.Temperature),
        ["top-k"] = Text(sampling.TopK),
        ["top-p"] = Text(sampling.TopP),
        ["min-p"] = Text(sampling.MinP),
        ["repetition-penalty"] = Text(sampling.RepetitionPenalty),
        ["max-new-tokens"] = Text(sampling.MaxNewTokens),
        ["seed"] = Text(sampling.Seed),
    };

    private static string Text<T>(T value)
        where T : IConvertible => value.ToString(CultureInfo.InvariantCulture).ToLowerInvariant();
}
