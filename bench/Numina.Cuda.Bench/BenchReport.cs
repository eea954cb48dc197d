using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Numina.Cuda.Bench;

/// <summary>One number with its unit.</summary>
internal readonly record struct Measure(string Name, double Value, string Unit);

/// <summary>What was measured of one thing.</summary>
/// <param name="Group">copy, ops or the model's name.</param>
/// <param name="Name">Operation and shape, or the kind of step.</param>
internal sealed record Figure(string Group, string Name, IReadOnlyList<Measure> Measures);

/// <summary>Prints lines as they come, and keeps every figure for a file that programs read.</summary>
internal sealed class BenchReport(TextWriter output)
{
    private static readonly JsonWriterOptions s_json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly List<Figure> _figures = [];
    private readonly List<string> _failures = [];
    private readonly List<string> _notes = [];

    /// <summary>The device's own name.</summary>
    public string Device { get; set; } = "";

    /// <summary>Why this device.</summary>
    public string Why { get; set; } = "";

    /// <summary>Something was wrong: the figures don't count.</summary>
    public bool Failed => _failures.Count > 0;

    public void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    public void Add(string group, string name, params IEnumerable<Measure?> measures) => _figures.Add(new Figure(group, name, [.. measures.OfType<Measure>()]));

    /// <summary>Something that could not be measured here, which is no error: printed and kept.</summary>
    public void Note(string line)
    {
        output.WriteLine(line);
        _notes.Add(line);
    }

    /// <summary>A wrong result: printed and kept, and the run ends with exit code 1.</summary>
    public void Fail(string line)
    {
        output.WriteLine($"WRONG {line}");
        _failures.Add(line);
    }

    /// <summary>Writes everything as one JSON object: whole or not at all.</summary>
    public void Write(string path)
    {
        string temporary = $"{path}.{Environment.ProcessId}";
        using (FileStream file = File.Create(temporary))
        using (var json = new Utf8JsonWriter(file, s_json))
        {
            json.WriteStartObject();
            json.WriteString("device", Device);
            json.WriteString("device_chosen", Why);
            json.WriteStartArray("figures");
            _figures.ForEach(figure => WriteFigure(json, figure));
            json.WriteEndArray();
            WriteLines(json, "failures", _failures);
            WriteLines(json, "notes", _notes);
            json.WriteEndObject();
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static void WriteFigure(Utf8JsonWriter json, Figure figure)
    {
        json.WriteStartObject();
        json.WriteString("group", figure.Group);
        json.WriteString("name", figure.Name);
        foreach (Measure measure in figure.Measures)
        {
            json.WriteStartObject(measure.Name);
            json.WriteNumber("value", Math.Round(measure.Value, 9));
            json.WriteString("unit", measure.Unit);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteLines(Utf8JsonWriter json, string name, List<string> lines)
    {
        json.WriteStartArray(name);
        lines.ForEach(json.WriteStringValue);
        json.WriteEndArray();
    }
}
