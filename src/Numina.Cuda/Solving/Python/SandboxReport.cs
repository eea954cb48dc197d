using System.Text.Json;

namespace Numina.Cuda.Solving.Python;

/// <summary>Which layers of isolation hold on this machine: each was tried when the pool started, or is the system's own (docs/sandbox.md tells what each is for).</summary>
/// <param name="Layers">From the outermost layer in.</param>
public sealed record SandboxReport(IReadOnlyList<SandboxLayer> Layers)
{
    /// <summary>Those that the machine does not grant.</summary>
    public IEnumerable<SandboxLayer> Missing => Layers.Where(layer => !layer.Active);

    /// <summary>One line for a start-up message.</summary>
    public string Summary => Layers.Count == 0
        ? "Python sandbox: off, only limits hold"
        : !Missing.Any() ? $"Python sandbox: all {Layers.Count} layers hold"
        : $"Python sandbox: {Layers.Count - Missing.Count()} of {Layers.Count} layers hold; missing: {string.Join("; ", Missing.Select(layer => $"{layer.Name} ({layer.Reason})"))}";

    /// <exception cref="PythonException">The mode requires all layers, and some are missing.</exception>
    public void Check(SandboxMode mode)
    {
        if (mode == SandboxMode.Require && Missing.Any())
        {
            throw new PythonException($"--sandbox require: {Summary}");
        }
    }

    /// <summary>Reads what worker.py says of itself in its first frame.</summary>
    internal static SandboxReport Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        return new SandboxReport(
        [
            .. root.GetProperty("granted").EnumerateArray().Select(name => new SandboxLayer(name.GetString()!, true, "")),
            .. root.GetProperty("missing").EnumerateObject().Select(layer => new SandboxLayer(layer.Name, false, layer.Value.GetString()!)),
        ]);
    }
}

/// <summary>One layer of isolation.</summary>
/// <param name="Name">Its name in docs/sandbox.md.</param>
/// <param name="Active">Whether it holds here.</param>
/// <param name="Reason">Why it does not; empty when it does.</param>
public sealed record SandboxLayer(string Name, bool Active, string Reason);
