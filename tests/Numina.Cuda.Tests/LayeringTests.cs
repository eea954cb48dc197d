using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests;

/// <summary>Holds the compiled library against the design: layers are namespaces, and references point left only.</summary>
public sealed class LayeringTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Tensors"] = [],
        ["Weights"] = ["Tensors"],
        ["Text"] = ["Tensors"],
        ["Backends"] = ["Tensors"],
        ["Model"] = ["Tensors", "Weights", "Text", "Backends"],
        ["Engine"] = ["Tensors", "Weights", "Text", "Backends", "Model"],
        ["Solving"] = ["Tensors", "Text", "Backends", "Engine"],
        ["Evaluation"] = ["Tensors", "Weights", "Text", "Backends", "Model", "Engine", "Solving"],
    };

    [Test]
    public void References_point_left_only()
    {
        string[] wrong = [.. TypeReferences.Within(typeof(Tensor).Assembly, "Numina.Cuda")
            .Select(pair => (From: Layer(pair.From), To: Layer(pair.To), pair))
            .Where(edge => edge.From != edge.To && !Allowed[edge.From].Contains(edge.To))
            .Select(edge => $"{edge.pair.From.FullName} -> {edge.pair.To.FullName}")
            .Distinct()];
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Only_the_command_line_names_a_backend()
    {
        string[] wrong = [.. TypeReferences.Within(typeof(Tensor).Assembly, "Numina.Cuda")
            .Where(pair => Device(pair.To) is { } device && Device(pair.From) != device)
            .Select(pair => $"{pair.From.FullName} -> {pair.To.FullName}")
            .Distinct()];
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void A_folder_is_a_namespace()
    {
        string root = Path.Combine(Reference.Repository, "src", "Numina.Cuda");
        string[] wrong = [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Where(file => !file.StartsWith("obj", StringComparison.Ordinal) && !file.StartsWith("bin", StringComparison.Ordinal))
            .Where(file => !File.ReadAllText(Path.Combine(root, file))
                .Contains($"namespace Numina.Cuda.{Path.GetDirectoryName(file)!.Replace(Path.DirectorySeparatorChar, '.')};", StringComparison.Ordinal))];
        Assert.That(wrong, Is.Empty);
    }

    private static string Layer(Type type) => type.Namespace!.Split('.')[2];

    private static string? Device(Type type) => type.Namespace!.Split('.') is [_, _, "Backends", var device, ..] ? device : null;
}
