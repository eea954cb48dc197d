using System.Text.Encodings.Web;
using System.Text.Json;
using Numina.Cuda.Solving.Notebook;

namespace Numina.Cuda.Solving.Replay;

/// <param name="I">The sample's index.</param>
/// <param name="GenTexts">The prompt and everything written since the last restart.</param>
/// <param name="ShouldPrune">It ended here without staying in the loop.</param>
/// <param name="ModelAnswers">Its answer so far; "-1" for none.</param>
/// <param name="HasCode">The notebook's column of that name.</param>
public sealed record ReplaySample(int I, string GenTexts, bool ShouldPrune, string ModelAnswers, bool HasCode);

/// <param name="Samples">Samples that generated in this step.</param>
/// <param name="Printed">What the step printed.</param>
public sealed record ReplayStep(IReadOnlyList<ReplaySample> Samples, string Printed);

/// <summary>A conversation run again: every text after every step, and the vote. Field names are those of the reference traces.</summary>
public sealed record ReplayResult
{
    public required string Id { get; init; }

    public required IReadOnlyList<ReplayStep> Steps { get; init; }

    /// <summary>Sample indices in the order in which the vote looks at them.</summary>
    public IReadOnlyList<int> Order { get; init; } = [];

    /// <summary>Answers in that order, "-1" for none.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    /// <summary>The votes among them, after the modulus.</summary>
    public IReadOnlyList<string> Filtered { get; init; } = [];

    /// <summary>What would be submitted.</summary>
    public string Majority { get; init; } = "";

    public int GenerateCalls { get; init; }

    public int CodeRuns { get; init; }

    public string Printed { get; init; } = "";

    /// <summary>What ended the published run in the step behind <see cref="Steps"/>; then there is no vote.</summary>
    public NotebookRunException? Raised { get; init; }

    /// <summary>One line of JSON.</summary>
    public string ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("id", Id);
            json.WriteStartArray("steps");
            foreach (ReplayStep step in Steps)
            {
                Write(json, step);
            }

            json.WriteEndArray();
            if (Raised is { } raised)
            {
                json.WriteString("raises", raised.Raised.Type);
                json.WriteNumber("at_step", raised.Step);
            }
            else
            {
                WriteVote(json);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private void WriteVote(Utf8JsonWriter json)
    {
        WriteNumbers(json, "order", Order.Select(sample => sample.ToString()));
        json.WriteStartArray("candidates");
        foreach (string candidate in Candidates)
        {
            json.WriteStringValue(candidate);
        }

        json.WriteEndArray();
        WriteNumbers(json, "filtered", Filtered);
        json.WritePropertyName("majority");
        json.WriteRawValue(Majority);
        json.WriteNumber("generate_calls", GenerateCalls);
        json.WriteNumber("code_runs", CodeRuns);
        json.WriteString("printed", Printed);
    }

    private static void Write(Utf8JsonWriter json, ReplayStep step)
    {
        json.WriteStartObject();
        WriteNumbers(json, "generated", step.Samples.Select(sample => sample.I.ToString()));
        json.WriteStartArray("samples");
        foreach (ReplaySample sample in step.Samples)
        {
            json.WriteStartObject();
            json.WriteNumber("i", sample.I);
            json.WriteString("gen_texts", sample.GenTexts);
            json.WriteBoolean("should_prune", sample.ShouldPrune);
            json.WriteString("model_answers", sample.ModelAnswers);
            json.WriteBoolean("has_code", sample.HasCode);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteNumbers(json, "pruned", step.Samples.Where(sample => sample.ShouldPrune).Select(sample => sample.I.ToString()));
        json.WriteString("stdout", step.Printed);
        json.WriteEndObject();
    }

    /// <summary>Integers of any size, as JSON has them.</summary>
    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteRawValue(value);
        }

        json.WriteEndArray();
    }
}
