using System.Text.Json;
using System.Text.Json.Serialization;

namespace Numina.Cuda.Evaluation;

/// <summary>The first line of a run's log: what was asked for.</summary>
/// <param name="Version">Of the log's format.</param>
/// <param name="Settings">Every setting that may change an answer, by its option's name.</param>
public sealed record RunHeader(int Version, IReadOnlyDictionary<string, string> Settings);

/// <summary>The lines of a run's log.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RunHeader))]
[JsonSerializable(typeof(SolvedProblem))]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class RunLogJson : JsonSerializerContext;
